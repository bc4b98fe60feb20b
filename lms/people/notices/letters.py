"""What stands in the letters, in the language of who gets them. Plain text; no name of anybody else, no score."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.headerregistry import Address
from email.message import EmailMessage
from urllib.parse import urlsplit

from flask import current_app

from lms.contract.text import text_of
from lms.people.notices.models import Notice
from lms.platform.application import platform
from lms.web.filters import long_datetime
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext, use_language_of

SHOWN = 20
"""Lines of a letter; what is more is a number."""


def sentence(notice: Notice, language: str, zone: str) -> str:
    """What a notice says, in a language; its moment in its own zone, else in ``zone``."""
    text = text_of(notice.text).in_(language)
    if notice.moment is None:
        return text
    return text.replace("{moment}", long_datetime(notice.moment, notice.zone or zone, language))


def digest_letter(
    *, email: str, name: str, language: str, zone: str, notices: Sequence[Notice], more: int, letter_id: str
) -> EmailMessage:
    """The letter of a day: what is new, each with its address, and how to have no more of them."""
    with _in_language(language, zone):
        count = len(notices) + more
        subject = ngettext("Imbas: %(num)s pemberitahuan baru", "Imbas: %(num)s pemberitahuan baru", count)
        lines = [_("Yth. %(name)s,", name=name), ""]
        for notice in notices:
            lines += [f"- {sentence(notice, language, zone)}", f"  {_address(notice.href)}", ""]
        if more:
            lines += [ngettext("Dan %(num)s lagi di Imbas.", "Dan %(num)s lagi di Imbas.", more), ""]
        lines += [
            "--",
            _("Surat ini paling banyak satu kali sehari. Berhenti atau ubah alamat:"),
            _settings(),
        ]
    return _letter(email, subject, lines, letter_id)


def confirmation_letter(
    *, email: str, name: str, language: str, zone: str, link: str, letter_id: str
) -> EmailMessage:
    """The letter that asks whether an address is the person's."""
    with _in_language(language, zone):
        subject = _("Imbas: benarkah ini alamat Bapak/Ibu?")
        lines = [
            _("Yth. %(name)s,", name=name),
            "",
            _(
                "Alamat ini ditulis di Imbas untuk pemberitahuan harian. Bila benar, buka dan tekan tombolnya:"
            ),
            _address(link),
            "",
            _("Bila bukan Bapak/Ibu yang menulisnya, abaikan surat ini. Tidak ada surat lain yang dikirim."),
        ]
    return _letter(email, subject, lines, letter_id)


@contextmanager
def _in_language(language: str, zone: str) -> Iterator[None]:
    with current_app.app_context():  # a language of its own, also inside a request
        use_language_of(language, zone)
        yield


def _letter(email: str, subject: str, lines: Sequence[str], letter_id: str) -> EmailMessage:
    message = EmailMessage()
    message["To"] = Address(addr_spec=email)
    message["Subject"] = subject
    message["Message-ID"] = f"<{letter_id}@{_host()}>"
    message["Auto-Submitted"] = "auto-generated"
    message["List-Unsubscribe"] = f"<{_settings()}>"
    message.set_content("\n".join(lines), cte="quoted-printable")
    return message


def _settings() -> str:
    return _address("/pemberitahuan/surel")


def _address(path: str) -> str:
    return platform().settings.public_url + path


def _host() -> str:
    return urlsplit(platform().settings.public_url).hostname or ""
