"""MP4, MOV and 3GP: boxes in boxes. Where the phone wrote its place and other notes, nothing is left.

Only boxes that no player needs are blanked, ``udta``, ``meta`` and ``uuid``: they become ``free`` and their content
zeros, so that nothing moves and the video plays as before. Pictures and sound are never read.

Source: ISO/IEC 14496-12, section 4.2; Apple's QuickTime File Format for ``©xyz``; 3GPP TS 26.244 for ``loci``.
"""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from lms.contract.errors import Invalid
from lms.contract.text import message
from lms.evidence.refusals import refused

_BEGINNINGS = frozenset({b"ftyp", b"moov", b"wide", b"mdat", b"free", b"skip", b"pnot"})
"""Old QuickTime files have no ``ftyp``."""
_NOTES = frozenset({b"udta", b"meta", b"uuid"})
_CONTAINERS = frozenset({b"moov", b"trak", b"moof", b"traf"})
_MAX_BOXES = 20_000
"""An hour in pieces of one second has 15,000."""


@dataclass(frozen=True, slots=True)
class Box:
    """From byte ``start`` to ``end``; its content begins at ``content``."""

    kind: bytes
    start: int
    content: int
    end: int


def notes_to_blank(file: BinaryIO, name: str) -> list[list[int]]:
    """Boxes to blank, as ``[start, content, end]``; raises Invalid.

    A video whose boxes end behind its last byte is refused: it was cut off, and nobody could play it to its end.
    """
    kinds: set[bytes] = set()
    found: list[list[int]] = []
    try:
        for box in _boxes(file, file.seek(0, os.SEEK_END)):
            if not kinds and box.kind not in _BEGINNINGS:
                raise _not_whole(name)
            kinds.add(box.kind)
            if box.kind in _NOTES:
                found.append([box.start, box.content, box.end])
    except ValueError:
        raise _not_whole(name) from None
    if not {b"moov", b"mdat"} <= kinds:
        raise _not_whole(name)
    return found


def _boxes(file: BinaryIO, size: int) -> Iterator[Box]:
    """Every box of the file and of its containers; raises ValueError where one does not fit, or they have no end."""
    within = [(0, size)]
    for _count in range(_MAX_BOXES):
        while within and within[-1][0] + 8 > within[-1][1]:  # fewer bytes than a header are padding
            within.pop()
        if not within:
            return
        at, limit = within.pop()
        box = _box_at(file, at, limit)
        within.append((box.end, limit))
        if box.kind in _CONTAINERS:
            within.append((box.content, box.end))
        yield box
    raise ValueError("boxes without end")


def _box_at(file: BinaryIO, at: int, limit: int) -> Box:
    file.seek(at)
    head = file.read(16)
    length, kind = struct.unpack_from(">I4s", head)
    content = at + 8
    if length == 1 and len(head) == 16:
        length, content = struct.unpack_from(">Q", head, 8)[0], at + 16
    elif length == 0:  # to the end
        length = limit - at
    if length < content - at or at + length > limit:
        raise ValueError("a box that does not fit")
    return Box(kind, at, content, at + length)


def _not_whole(name: str) -> Invalid:
    return refused(
        name,
        message("bukan video yang utuh. Rekam ulang atau kirim lagi dari galeri"),
    )
