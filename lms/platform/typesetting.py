"""PDF through Typst: one compiler for each template and process, since it keeps fonts and the parsed template."""

import threading
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typst

_lock = threading.Lock()
_compilers: dict[str, "typst.Compiler"] = {}


class NotSet(Exception):
    """A document could not be set; the message is what Typst says."""


def set_pdf(
    package: str, template: str, values: Mapping[str, str], *, made_at: datetime | None = None
) -> bytes:
    """The PDF (PDF/A-2u) that ``typst/<template>`` of a package makes of ``values``; about 20 ms once warm.

    ``values`` are the template's ``sys.inputs``. The same values and ``made_at`` give the same bytes. Raises NotSet, such
    as for a letter that no font on this machine has: no empty boxes.
    """
    import typst  # a large library, and pages never set anything

    with as_file(files(package) / "typst" / template) as file, _lock:
        compiler = _compilers.get(str(file))
        if compiler is None:
            compiler = _compilers[str(file)] = typst.Compiler(str(file))
        try:
            body = compiler.compile(
                sys_inputs=dict(values),
                format="pdf",
                pdf_standards="a-2u",
                timestamp=made_at and int(made_at.timestamp()),
            )
        except typst.TypstError as error:
            _compilers.clear()  # what is mended meanwhile, such as a font, is looked for anew
            raise NotSet(str(error)) from error
    assert isinstance(body, bytes)
    return body
