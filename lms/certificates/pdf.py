"""A certificate as PDF, through Typst: front, and the JP table on the back."""

import io
import json
import threading
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any

import segno

if TYPE_CHECKING:
    import typst

_lock = threading.Lock()
_compilers: dict[str, "typst.Compiler"] = {}


def render(snapshot: dict[str, Any], *, number: str, code: str, address: str) -> bytes:
    """The PDF of a certificate; ``address`` is what the QR opens. About 20 ms once warm."""
    import typst  # a large library, and pages never set a certificate

    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", border=0, dark="#0b2f2a", xmldecl=False)
    qr = picture.getvalue().decode()
    values = {"data": json.dumps({**snapshot, "number": number, "code": code, "address": address}), "qr": qr}
    with as_file(files("lms.certificates") / "typst" / "certificate.typ") as template, _lock:
        # one compiler for each process: it keeps fonts and the parsed template
        compiler = _compilers.get(str(template))
        if compiler is None:
            compiler = _compilers[str(template)] = typst.Compiler(str(template))
        body = compiler.compile(sys_inputs=values, format="pdf")
    assert isinstance(body, bytes)
    return body
