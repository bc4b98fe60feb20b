"""How a file is refused: what is wrong with it, that the rest is safe, what to do."""

from lms.contract.errors import Invalid
from lms.contract.text import Text, message


def refused(name: str, why: Text) -> Invalid:
    """The error for the file ``name``; each reason says what to do next, without a full stop."""
    return Invalid(message("%(name)s %(why)s. Berkas lain tetap aman.", name=name, why=why))
