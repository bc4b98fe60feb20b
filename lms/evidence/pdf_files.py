"""PDF: whole, without a password to open it, and with nothing in it that acts by itself.

Read by qpdf, which knows every way of writing a name, a filter or an object stream. What is kept are the
bytes as they were sent: a signature in them stays valid.

Harmless and taken: links (URI, also to files beside it), jumps (GoTo, also when it is opened), bookmarks, plain
forms, sounds and films, a password that only limits printing. Refused: JavaScript, starting programs, forms that send or fetch
data, XFA forms, Flash and 3D with scripts, attached files (nobody looks into them), actions
on opening that reach outside, and links to network shares (they give away the reader's Windows password).
"""

import mmap
import re
from typing import Any, BinaryIO

import pikepdf

from lms.contract.errors import Invalid
from lms.contract.text import message
from lms.evidence.refusals import refused

_HEADER_WITHIN = 1024
"""Bytes before which ``%PDF-`` has to stand, as readers look for it (ISO 32000-1, annex H.3.4.1)."""
_WORTH_A_LOOK = re.compile(
    rb"/(?:JS|Launch|SubmitForm|ImportData|GoToR|GoToE|OpenAction|AA|EF|RichMedia\w*|XFA|OnInstantiate)(?![\w])"
)
_ACTS = frozenset({"/Launch", "/SubmitForm", "/ImportData", "/RichMediaExecute"})
_ALONE_HARMLESS = frozenset({"/GoTo", "/Named", "/Hide", "/SetOCGState", "/Trans", "/Thread", "/JavaScript"})
"""Actions that may run when a document opens; a script that is not empty is found by its own key."""
_ACTIVE_KEYS = ("/JS", "/XFA", "/OnInstantiate")
_SHARE = re.compile(rb"^\s*(?:\\\\|//|/{0,2}\\\\|[A-Za-z][A-Za-z+.-]+:)")
_HIDES_OBJECTS = ("object stream", "error decoding stream data", "unfilterable stream", "limits error")
_DEEPEST, _LONGEST_CHAIN = 100, 50


def check_pdf(file: BinaryIO, name: str) -> None:
    """Raise Invalid unless ``file`` is a whole and harmless PDF with at least one page."""
    _look_before(file, name)
    try:
        with pikepdf.open(file) as document:
            pages = len(document.pages)
            if not pages:
                raise _not_whole(name)
            for item in document.objects:
                if isinstance(item, pikepdf.Object):  # numbers and nulls are Python's own
                    _check_object(item, name)
            _check_warnings(document.get_warnings(), name)
    except pikepdf.PasswordError:
        raise refused(
            name,
            message(
                "memakai kata sandi, jadi penilai tidak dapat membukanya. Simpan tanpa kata sandi atau cetak ulang ke PDF, "
                "lalu unggah lagi"
            ),
        ) from None
    except pikepdf.PdfError as error:
        if "encrypt" in str(error):
            raise refused(
                name,
                message(
                    "terkunci dengan cara yang tidak dapat dibuka penilai. Simpan tanpa kunci, lalu unggah lagi"
                ),
            ) from None
        raise _not_whole(name) from None
    except (ValueError, TypeError, KeyError, AttributeError, RuntimeError):
        raise _not_whole(name) from None


def _look_before(file: BinaryIO, name: str) -> None:
    """What costs nothing: a header near the beginning, and an end, however long a tail follows it."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find(b"%PDF-", 0, _HEADER_WITHIN + 5) < 0 or content.rfind(b"%%EOF") < 0:
            raise _not_whole(name)
    file.seek(0)


def _check_warnings(warnings: list[Any], name: str) -> None:
    """Refuse what hides where this reader gave up: another one might have the room, or the patience."""
    for warning in map(str, warnings):
        if "bad_alloc" in warning:
            raise MemoryError
        if any(sign in warning for sign in _HIDES_OBJECTS):
            raise _not_whole(name)


def _check_object(item: Any, name: str) -> None:
    """One object of the file with what stands directly in it; objects that it names come by themselves."""
    own = item.stream_dict if isinstance(item, pikepdf.Stream) else item
    if _WORTH_A_LOOK.search(own.unparse(resolved=True)):
        _look_into(own, name, 0)


def _look_into(value: Any, name: str, depth: int) -> None:
    if depth > _DEEPEST:
        raise _active(name)
    if isinstance(value, pikepdf.Array):
        children = list(value)
    elif isinstance(value, pikepdf.Dictionary):
        _check_dictionary(value, name)
        children = list(value.values())
    else:
        return
    for child in children:
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            _look_into(child, name, depth + 1)


def _check_dictionary(found: pikepdf.Dictionary, name: str) -> None:
    if "/EF" in found and _is_full(found["/EF"]):
        raise refused(
            name,
            message(
                "membawa berkas lain di dalamnya. Unggah berkas itu tersendiri, dan PDF ini tanpa lampiran"
            ),
        )
    if any(key in found and _is_full(found[key]) for key in _ACTIVE_KEYS):
        raise _active(name)
    if _word(found, "/Subtype") == "/RichMedia" or any(
        key.startswith("/RichMedia") for key, _ in found.items()
    ):
        raise _active(name)
    action = _word(found, "/S")
    if action in _ACTS or (action in {"/GoToR", "/GoToE"} and _leaves_the_machine(found)):
        raise _active(name)
    if "/OpenAction" in found:
        _check_by_itself(found["/OpenAction"], name)
    triggers = found.get("/AA")
    if isinstance(triggers, pikepdf.Dictionary):
        for started in triggers.values():
            _check_by_itself(started, name)


def _check_by_itself(action: Any, name: str) -> None:
    """Refuse an action that runs without a click and is more than moving about in the document."""
    for _step in range(_LONGEST_CHAIN):
        if not isinstance(action, pikepdf.Dictionary):
            return
        if _word(action, "/S") not in _ALONE_HARMLESS | {""}:
            raise _active(name)
        action = action.get("/Next")
        if isinstance(action, pikepdf.Array):
            for other in list(action)[:_LONGEST_CHAIN]:
                if isinstance(other, pikepdf.Dictionary) and _word(other, "/S") not in _ALONE_HARMLESS | {""}:
                    raise _active(name)
            return


def _leaves_the_machine(action: pikepdf.Dictionary) -> bool:
    target = action.get("/F")
    names = [target.get("/F"), target.get("/UF")] if isinstance(target, pikepdf.Dictionary) else [target]
    return any(
        isinstance(one, pikepdf.String) and _SHARE.match(str(one).encode("utf-8", "replace")) for one in names
    )


def _word(found: pikepdf.Dictionary, key: str) -> str:
    value = found.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else ""


def _is_full(value: Any) -> bool:
    """Whether something is there: an empty string, list or tree does nothing."""
    if isinstance(value, pikepdf.Stream):
        return bool(value.read_raw_bytes())
    if isinstance(value, pikepdf.String):
        return bool(bytes(value).strip())
    if isinstance(value, pikepdf.Array | pikepdf.Dictionary):
        return len(value) > 0
    return value is not None


def _active(name: str) -> Invalid:
    return refused(
        name,
        message("memuat isi aktif yang berbahaya. Cetak ulang ke PDF, lalu unggah lagi"),
    )


def _not_whole(name: str) -> Invalid:
    return refused(
        name,
        message("bukan PDF yang utuh. Simpan ulang sebagai PDF, lalu unggah lagi"),
    )
