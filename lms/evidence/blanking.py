"""A file as it will be stored, with zeros over parts of it: read like the file itself, copied nowhere."""

import io
from bisect import bisect_right
from typing import BinaryIO

FREE = b"free"
"""What a box of a video is called that players pass by."""


class Blanked(io.RawIOBase):
    """``source`` in which each of ``boxes``, ``[start, content, end]`` in rising order, is ``free`` and holds zeros."""

    def __init__(self, source: BinaryIO, boxes: list[list[int]]) -> None:
        self._source = source
        self._spans = [
            span
            for start, content, end in boxes
            for span in ((start + 4, FREE, start + 8), (content, b"", end))
        ]
        self._starts = [span[0] for span in self._spans]

    def readable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """As in the source."""
        return self._source.seek(offset, whence)

    def read(self, size: int = -1) -> bytes:
        """As in the source, but for the blanked parts."""
        at = self._source.tell()
        piece = bytearray(self._source.read(size))
        for start, name, end in self._spans[max(0, bisect_right(self._starts, at) - 2) :]:
            if start >= at + len(piece):
                break
            first, last = max(start, at), min(end, at + len(piece))
            if first < last:
                filled = name[first - start : last - start] or bytes(last - first)
                piece[first - at : last - at] = filled
        return bytes(piece)
