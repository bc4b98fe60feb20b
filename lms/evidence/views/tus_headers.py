"""What tus 1.0.0 says in headers: read from the request, written into the answer."""

import base64
import binascii
import hashlib

from flask import Response, request

from lms.contract.errors import Conflict, ImbasError, Invalid
from lms.contract.parsing import MAX_BIGINT, parse_int
from lms.contract.text import Text, message
from lms.evidence.partial_uploads import Checksum

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,expiration,checksum,termination"
ALGORITHMS = ("sha1", "sha256")
BODY = "application/offset+octet-stream"


def speaks_tus() -> None:
    """Raise an error of status 412 unless the request says that it speaks our version."""
    if request.headers.get("Tus-Resumable") != VERSION:
        raise unreadable(412)


def number(header: str) -> int:
    """A header that is a whole number; raises an error of status 400."""
    value = parse_int(request.headers.get(header, ""), high=MAX_BIGINT)
    if value is None:
        raise unreadable(400)
    return value


def metadata() -> tuple[str, str]:
    """The file's name and the sender's SHA-256 in hex, or ""."""
    sent = request.headers.get("Upload-Metadata", "")
    found: dict[str, str] = {}
    for pair in sent.split(",") if len(sent) <= 1000 else ():
        key, _space, value = pair.strip().partition(" ")
        found[key] = _decoded(value).decode("utf-8", "replace")
    name, sha256 = found.get("filename", ""), found.get("sha256", "").lower()
    if not name or (sha256 and (len(sha256) != 64 or set(sha256) - set("0123456789abcdef"))):
        raise unreadable(400)
    return name, sha256


def checksum() -> Checksum | None:
    """Of this request's body; raises an error of status 400 for an algorithm we do not know."""
    header = request.headers.get("Upload-Checksum")
    if header is None:
        return None
    algorithm, _space, value = header.strip().partition(" ")
    digest = _decoded(value)
    if algorithm not in ALGORITHMS or len(digest) != hashlib.new(algorithm).digest_size:
        raise unreadable(400)
    return Checksum(algorithm, digest)


def _decoded(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise unreadable(400) from None


def answer(status: int, **headers: object) -> Response:
    """An answer without a body; ``Upload_Offset`` is the header ``Upload-Offset``."""
    response = Response(status=status)
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = str(value)
    return response


def moved() -> ImbasError:
    """What is said when a part begins elsewhere than where the file ends (409)."""
    return Conflict(
        message(
            "Berkas ini sudah sampai lebih jauh atau kurang jauh dari kiriman ini. Tidak ada yang hilang. Coba lagi."
        )
    )


def unreadable(status: int) -> ImbasError:
    """What is said to a sender that does not keep to the protocol."""
    return error(
        status,
        message(
            "Kiriman ini tidak dapat dibaca. Berkas di HP tetap aman. Muat ulang halaman, lalu coba lagi."
        ),
    )


def error(status: int, sentence: Text) -> ImbasError:
    """An error with one of the statuses that tus has its own meaning for."""
    found = Invalid(sentence)
    found.status = status
    return found
