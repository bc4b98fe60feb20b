"""Compares what the database says is kept with what the store holds (FAILURES K9)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from lms.certificates import api as certificates
from lms.evidence import api as evidence
from lms.platform.storage import KeptFile, Storage

CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Loss:
    """A file that is missing or is not what it was."""

    what: str
    key: str
    fault: str


def losses(store: Storage) -> Iterator[Loss]:
    """Every file of evidence and every certificate that is missing or has other content."""
    for kept in chain(evidence.kept_files(), certificates.kept_files()):
        fault = _fault(store, kept)
        if fault:
            yield Loss(kept.what, kept.key, fault)


def _fault(store: Storage, kept: KeptFile) -> str:
    digest, size = hashlib.sha256(), 0
    try:
        with store.open(kept.key) as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
    except FileNotFoundError:
        return "is missing"
    if kept.size is not None and size != kept.size:
        return f"has {size} bytes instead of {kept.size}"
    if kept.sha256 and digest.hexdigest() != kept.sha256:
        return "has other content than when it was stored"
    return ""
