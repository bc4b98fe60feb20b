"""A film keeps its pictures and its length, and loses the place wherever a phone writes it; half a film is refused."""

import io
import struct
import time

import pytest

from lms.contract.errors import Invalid
from lms.evidence.blanking import Blanked
from lms.evidence.file_validation import check_own_file
from lms.testing.hostile import box

PLACE = b"-02.8871+104.6512+012.000/"
FTYP = box(b"ftyp", b"isom")
LOCI = box(
    b"loci", bytes(6) + b"Palembang\x00" + b"\x00" + struct.pack(">iii", 6835000, -189000, 0) + bytes(2)
)
XYZ = box(b"\xa9xyz", struct.pack(">HH", len(PLACE), 0x15C7) + PLACE)
META = box(b"meta", box(b"keys", b"mdtacom.apple.quicktime.location.ISO6709") + box(b"ilst", PLACE))


def kept(body: bytes, name: str = "kelas.mp4") -> bytes:
    found = check_own_file(name, body, kinds=frozenset({"mp4"}), max_bytes=30_000_000)
    assert found.name == name
    found.body.seek(0)
    whole = found.body.read()
    found.body.seek(0)
    pieces = b"".join(iter(lambda: found.body.read(7), b""))
    assert pieces == whole
    return whole


def film(*inside: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    return (
        FTYP
        + before
        + box(b"mdat", PLACE * 3)
        + box(b"moov", box(b"mvhd", bytes(100)) + b"".join(inside))
        + after
    )


@pytest.mark.parametrize(
    "body",
    [
        film(box(b"udta", XYZ)),
        film(box(b"udta", LOCI)),
        film(META),
        film(box(b"trak", box(b"udta", XYZ))),
        film(box(b"trak", META)),
        film(after=META),
        film(before=box(b"uuid", bytes(16) + PLACE)),
        film(after=box(b"udta", XYZ)),
        film(box(b"udta", XYZ) + box(b"udta", LOCI)),
    ],
)
def test_the_place_is_gone_and_nothing_else(body: bytes) -> None:
    found = kept(body)
    assert len(found) == len(body)
    assert found.count(PLACE) == 3  # pictures are not touched, whatever they look like
    assert b"Palembang" not in found
    assert found[: len(FTYP)] == FTYP
    assert found.count(b"mvhd") == 1


def test_a_film_without_notes_stays_as_it_is() -> None:
    assert kept(film()) == film()


@pytest.mark.parametrize("name", ["IMG_0001.MOV", "a.m4v", "VID.3gp"])
def test_films_of_every_phone_are_taken(name: str) -> None:
    assert kept(film(box(b"udta", XYZ)), name).count(PLACE) == 3
    old = box(b"wide") + box(b"mdat", b"x") + box(b"moov", box(b"udta", XYZ))
    assert PLACE not in kept(old, name)


def test_long_and_open_boxes_are_followed() -> None:
    long = struct.pack(">I4sQ", 1, b"mdat", 16 + 5) + b"video"
    open_ended = struct.pack(">I4s", 0, b"mdat") + b"rest"
    assert PLACE not in kept(FTYP + long + box(b"moov", box(b"udta", XYZ)) + open_ended)


@pytest.mark.parametrize(
    "body",
    [
        film()[:-3],
        FTYP + box(b"mdat", b"x"),
        FTYP + box(b"moov"),
        b"ftyp",
        box(b"what", bytes(9)) + film(),
        FTYP + struct.pack(">I4s", 4, b"moov"),
        FTYP + struct.pack(">I4sQ", 1, b"mdat", 2**63),
        FTYP + struct.pack(">I4sQ", 1, b"moov", 3),
        FTYP + box(b"moov", box(b"free") * 1_000_000) + box(b"mdat"),
        b"RIFF" + bytes(100),
    ],
)
def test_half_a_film_and_what_is_none_are_refused_at_once(body: bytes) -> None:
    began = time.thread_time()
    with pytest.raises(Invalid) as refused:
        kept(body)
    assert time.thread_time() - began < 1
    assert "bukan video yang utuh" in refused.value.text.in_("id")


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
def test_blanked_parts_are_the_same_in_pieces_of_any_size(size: int) -> None:
    body = bytes(range(1, 101))
    blanked = Blanked(io.BytesIO(body), [[10, 18, 30], [30, 38, 38], [50, 60, 99]])
    wanted = bytearray(body)
    for start, content, end in ((10, 18, 30), (30, 38, 38), (50, 60, 99)):
        wanted[start + 4 : start + 8] = b"free"
        wanted[content:end] = bytes(end - content)
    assert b"".join(iter(lambda: blanked.read(size), b"")) == bytes(wanted)
