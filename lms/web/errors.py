"""Error pages: what happened, is the work safe, what to do next."""

import logging
from urllib.parse import urlsplit, urlunsplit

from flask import (
    Flask,
    Response,
    current_app,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, StatementError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from lms.contract.characters import is_text
from lms.contract.errors import Forbidden, ImbasError, ServerBusy
from lms.contract.text import Text, message
from lms.platform.disk import NoRoom
from lms.platform.io_errors import in_words, is_full, is_passing
from lms.platform.logs import request_id, security_log
from lms.platform.versions import is_twin
from lms.web.i18n import locale, use_language_of_device
from lms.web.logged_path import logged_path
from lms.web.request import wants_json
from lms.web.resumed_forms import keep, typed_words, who_was_here
from lms.web.routing import SignInNeeded, actor_or_none, person_or_none

log = logging.getLogger(__name__)

_NOT_FOUND = message(
    "Halaman ini tidak ada atau sudah dipindahkan. Pekerjaan Bapak/Ibu tetap tersimpan. Mulai lagi dari beranda."
)
_SENTENCES = {
    400: message(
        "Permintaan ini tidak dapat dibaca. Tidak ada yang diubah. Muat ulang halaman, lalu coba lagi."
    ),
    404: _NOT_FOUND,
    405: _NOT_FOUND,
    413: message(
        "Kiriman ini terlalu besar, jadi tidak diterima. Yang sudah tersimpan tetap aman. "
        "Kecilkan berkas atau pendekkan tulisan, lalu kirim lagi."
    ),
    429: message("Terlalu banyak percobaan. Pekerjaan tetap aman. Tunggu sebentar, lalu coba lagi."),
    500: message("Ada gangguan di server. Yang sudah tersimpan tetap aman. Coba lagi sebentar lagi."),
}
_LATER = message(
    "Server sedang sangat sibuk atau sedang dinyalakan ulang. Yang sudah tersimpan tetap aman. "
    "Tunggu beberapa detik, lalu coba lagi dan periksa apakah isian terakhir sudah tersimpan."
)
_TWIN = message(
    "Hal yang sama baru saja disimpan, mungkin oleh rekan. Yang tersimpan tetap aman. Muat ulang, lalu periksa."
)
_UNSTORABLE = message(
    "Ada isian yang terlalu besar atau tidak dikenal, jadi tidak dapat disimpan. Tidak ada yang diubah. "
    "Kembali, betulkan isiannya, lalu kirim lagi."
)
_CONTRADICTS = message(
    "Isian ini bertentangan dengan yang sudah tersimpan. Tidak ada yang diubah. "
    "Kembali, muat ulang halaman, lalu coba lagi."
)
_STALE_FORM = message(
    "Halaman ini sudah terlalu lama terbuka. Belum ada yang diubah. Kembali, muat ulang, lalu kirim lagi."
)
_SIGN_IN = message("Sesi masuk sudah berakhir. Isian di halaman ini masih ada. Masuk lagi, lalu kirim.")


def init_errors(app: Flask) -> None:
    """Install the handlers."""

    @app.errorhandler(ImbasError)
    def _imbas(error: ImbasError) -> ResponseReturnValue:
        _note(error)
        return _refusal(error)

    @app.errorhandler(SignInNeeded)
    def _sign_in(_error: SignInNeeded) -> ResponseReturnValue:
        if wants_json():
            return jsonify(message=_SIGN_IN.in_(_locale())), 401
        writer = who_was_here()
        kept = keep(writer) if request.method == "POST" and writer else None
        if kept is not None:
            return render_template("web/sign_in_again.html", kept=kept, target=_page_asked_for()), 401
        return redirect(url_for("people.sign_in", next=_page_asked_for()), 303)

    @app.errorhandler(CSRFError)
    def _csrf(_error: CSRFError) -> ResponseReturnValue:
        security_log("form_token_refused", person=person_or_none())
        return _stale_form()

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        if status < 400:
            return error.get_response()
        return answer(_SENTENCES.get(status, _SENTENCES[400 if status < 500 else 500]), status)

    _init_missed_checks(app)

    @app.errorhandler(Exception)
    def _unforeseen(error: Exception) -> ResponseReturnValue:
        return _bug(error)


def _refusal(error: ImbasError) -> ResponseReturnValue:
    response = make_response(answer(error.text, error.status))
    if error.fields and wants_json():
        fields = {name: text.in_(_locale()) for name, text in error.fields.items()}
        response = make_response({"message": error.text.in_(_locale()), "fields": fields}, error.status)
    if isinstance(error, ServerBusy):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _bug(error: Exception) -> ResponseReturnValue:
    """What nobody foresaw: a traceback in the log, a number on the page. Tests see the error itself.

    A disk that is full to the last byte and a database that is away are no faults of the program: they have
    sentences of their own.
    """
    if is_full(error):
        log.error("no room on a disk at %s: %s", logged_path(), in_words(error))
        return answer(NoRoom().text, NoRoom.status)
    if is_passing(error):
        log.error("no database at %s: %s", logged_path(), in_words(error))
        return _unavailable()
    if current_app.testing:
        raise error
    log.error("unhandled error at %s", logged_path(), exc_info=error)
    return answer(_SENTENCES[500], 500)


def _unavailable() -> ResponseReturnValue:
    """A page that needs no database, not even to name who reads it."""
    use_language_of_device()
    sentence = _LATER.in_(_locale())
    if wants_json():
        response = jsonify(message=sentence)
    else:
        page = current_app.jinja_env.get_template(
            "web/unavailable.html"
        )  # without what is given to every page
        response = Response(page.render(sentence=sentence, words=typed_words(), again=_page_asked_for()))
    response.status_code = ServerBusy.status
    response.headers["Retry-After"] = str(ServerBusy.retry_after)
    return response


def _init_missed_checks(app: Flask) -> None:
    """Values that no check before the database refused are the sender's fault all the same."""

    @app.errorhandler(StatementError)
    @app.errorhandler(OverflowError)
    @app.errorhandler(UnicodeEncodeError)
    def _missed(error: Exception) -> ResponseReturnValue:
        found = _what_the_driver_means(error)
        if found is None:
            return _bug(error)
        log.error("a check is missing at %s: %s", request.endpoint, type(error).__name__)
        return answer(*found)


def _what_the_driver_means(error: Exception) -> tuple[Text, int] | None:
    """The sentence for values that no check before the database refused; None for any other fault.

    Values are checked by forms and by ``lms/platform/columns.py``: this is for what both have missed.
    """
    if isinstance(error, IntegrityError):
        return (_TWIN if is_twin(error) else _CONTRADICTS), 409  # although the command was done again
    cause = error.orig if isinstance(error, StatementError) else error
    if isinstance(error, DataError) or isinstance(cause, OverflowError | LookupError | ValueError):
        return _UNSTORABLE, 422
    return None


def _note(error: ImbasError) -> None:
    """Write down who was refused what."""
    if isinstance(error, Forbidden):
        rule = getattr(current_app.view_functions.get(request.endpoint or ""), "__rule__", None)
        security_log("access_refused", person=person_or_none(), action=rule.action if rule else "")


def _stale_form() -> ResponseReturnValue:
    """A form of a page that was open before this person signed in: on a shared phone it may be another's.

    Nothing is sent on; what was written is shown once more, so that it can be copied.
    """
    actor = actor_or_none()
    if wants_json():  # a script can ask for another token, and so must not take it for a refusal
        return jsonify(message=_STALE_FORM.in_(_locale()), reason="token"), 400
    if actor is None:
        return answer(_STALE_FORM, 400)
    files = any(file.filename for file in request.files.values())
    return render_template(
        "web/other_person.html", words=typed_words(), target=_page_asked_for(), files=files
    ), 400


def _page_asked_for() -> str:
    """Where to go on after signing in: the page itself, or the one whose form was sent."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    return _page_left() or "/"


def _page_left() -> str:
    """The page of ours whose form was sent; empty when nobody says which."""
    try:
        came_from = urlsplit(request.referrer or "")
    except ValueError:  # an address that is none, such as one with half a bracket
        return ""
    found = urlunsplit(("", "", came_from.path, came_from.query, ""))
    ours = came_from.netloc == request.host and found.startswith("/") and not found.startswith("//")
    return found if ours and is_text(found) and _can_be_read(came_from.path) else ""


def _can_be_read(path: str) -> bool:
    """Whether a page stands there; a form that was drawn again stands where it was sent to."""
    adapter = _addresses()
    return adapter is not None and adapter.test(path, "GET")


def _addresses() -> MapAdapter | None:
    """The addresses under the host that was asked for; None when its name is none."""
    try:
        return current_app.create_url_adapter(request)
    except HTTPException:
        return None


def answer(text: Text, status: int) -> ResponseReturnValue:
    """The sentence as a page, or as JSON for a script."""
    sentence = text.in_(_locale())
    if wants_json():
        return jsonify(message=sentence), status
    if _addresses() is None:  # a page could not say where its links lead
        return Response(sentence, status, mimetype="text/plain")
    return render_template(
        "web/error.html",
        sentence=sentence,
        status=status,
        number=request_id.get() if status >= 500 else "",
        back=_page_left() if request.method != "GET" else "",
        words=typed_words(),
    ), status


def _locale() -> str:
    return locale()
