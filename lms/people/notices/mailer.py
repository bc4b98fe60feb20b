"""Letters over SMTP (RFC 5321): sent, certainly not sent, or nobody knows."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
SECONDS = 20
"""Longer than this the mail server is not waited for."""


class NotSent(Exception):
    """The server has said that it does not take the letter; ``for_good``: there is no such mailbox."""

    def __init__(self, why: str, *, for_good: bool) -> None:
        super().__init__(why)
        self.for_good = for_good


class Unknown(Exception):
    """The connection ended before the server's answer: it may have taken the letter."""


@dataclass(frozen=True, slots=True)
class Mailer:
    """A mail server by its address: ``smtp://user:password@host:587`` (STARTTLS where offered), ``smtps://...:465``."""

    url: str
    sender: str

    @contextmanager
    def connection(self) -> Iterator["Connection"]:
        """An open connection; raises NotSent when there is none to be had."""
        parts = urlsplit(self.url)
        host, secure = parts.hostname or "localhost", parts.scheme == "smtps"
        try:
            if secure:
                smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                    host, parts.port or 465, timeout=SECONDS, context=ssl.create_default_context()
                )
            else:
                smtp = smtplib.SMTP(host, parts.port or 587, timeout=SECONDS)
                smtp.ehlo()
                if smtp.has_extn("starttls"):
                    smtp.starttls(context=ssl.create_default_context())
                    secure = True
            if parts.username and not secure and host not in _THIS_MACHINE:
                smtp.close()
                raise NotSent("the mail server offers no TLS, so no password is sent to it", for_good=False)
            if parts.username:
                smtp.login(unquote(parts.username), unquote(parts.password or ""))
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent(
                f"{type(error).__name__}: no connection to the mail server", for_good=False
            ) from None
        try:
            yield Connection(smtp, self.sender)
        finally:
            smtp.close()


def _no_mailbox(code: int, said: bytes) -> bool:
    """Whether a refusal is about the address (RFC 3463: 5.1), and not about who sends (5.7)."""
    status = re.match(rb"5\.(\d+)\.", said)
    return code in {550, 551, 553} and (status is None or status[1] == b"1")


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection to the mail server, for one letter after the other."""

    smtp: smtplib.SMTP
    sender: str

    def send(self, message: EmailMessage) -> None:
        """Hand over a letter to its one recipient; returns when the server has taken it. Raises NotSent, Unknown."""
        message["From"] = self.sender
        (recipient,) = message["To"].addresses
        try:
            self.smtp.send_message(message, to_addrs=[recipient.addr_spec])
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise NotSent(f"the recipient was refused ({code})", for_good=_no_mailbox(code, said)) from None
        except smtplib.SMTPResponseException as error:
            raise NotSent(f"the letter was refused ({error.smtp_code})", for_good=False) from None
        except (OSError, smtplib.SMTPException) as error:
            raise Unknown(type(error).__name__) from None
