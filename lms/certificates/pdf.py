"""A certificate as PDF, through Typst: front, and the JP table on the back."""

import io
import json
import re
import unicodedata
from typing import Any

import segno

from lms.contract.errors import Conflict
from lms.contract.text import message
from lms.platform.typesetting import NotSet, set_pdf


class Unprintable(Conflict):
    """A certificate cannot be set: ``fault`` is what Typst says."""

    def __init__(self, fault: str) -> None:
        missing = _MISSING.search(fault)
        if missing is None:
            super().__init__(
                message(
                    "Berkas PDF tidak dapat disusun. Nomornya tetap berlaku. Sebabnya: %(reason)s",
                    reason=fault[:300],
                )
            )
            return
        letter = missing[1]
        name = unicodedata.name(letter[0], "?")
        super().__init__(
            message(
                "Huruf %(letter)s (%(name)s) tidak ada di fon server. Nomornya tetap berlaku. Mintalah pengelola server memasang fonnya (paket fonts-noto), lalu buat lagi.",
                letter=letter,
                name=name,
            )
        )


_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')


def render(snapshot: dict[str, Any], *, number: str, code: str, address: str) -> bytes:
    """The PDF of a certificate, PDF/A-2u; ``address`` is what the QR opens. About 20 ms once warm.

    Raises Unprintable with the reason, such as a letter that no font on this machine has: no empty boxes.
    """
    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", border=0, dark="#0b2f2a", xmldecl=False)
    qr = picture.getvalue().decode()
    values = {"data": json.dumps({**snapshot, "number": number, "code": code, "address": address}), "qr": qr}
    try:
        return set_pdf("lms.certificates", "certificate.typ", values)
    except NotSet as error:
        raise Unprintable(str(error)) from error
