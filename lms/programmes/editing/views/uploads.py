"""The YAML of a form: the uploaded file when there is one, else what stands in the text field."""

from dataclasses import dataclass

from flask import request

from lms.contract.text import Text, message
from lms.platform.plugins import registry
from lms.programmes.definition.document import Definition
from lms.programmes.definition.errors import DefinitionFault
from lms.programmes.definition.yaml_document import LONGEST, load_yaml


@dataclass(frozen=True, slots=True)
class Sent:
    """The text as sent, and what it means or what is wrong with it."""

    text: str
    definition: Definition | None
    faults: tuple[Text, ...] = ()


def read_sent(**_route: int) -> Sent:
    """Read and check the document, before the transaction."""
    file = request.files.get("file")
    try:
        text = request.form.get("text", "")
        if file is not None and file.filename:
            text = _decoded(file.stream.read(4 * LONGEST + 1))
        text = text.replace("\r\n", "\n")
        return Sent(text, load_yaml(text, registry().sections.values()))
    except DefinitionFault as fault:
        return Sent(text, None, fault.faults)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DefinitionFault([message("berkas ini bukan teks UTF-8; simpan ulang sebagai .yaml")]) from None
