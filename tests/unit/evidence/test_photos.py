"""What ordinary phones, scanners and messengers write comes out as one upright JPEG that looks as it did."""

import base64
import io
import struct
import textwrap
import zlib

import pytest
from PIL import ExifTags, Image, ImageChops

from lms.contract.errors import Invalid
from lms.contract.files import FILE_KINDS
from lms.evidence import photos
from lms.evidence.file_validation import CheckedFile, check_own_file
from lms.testing.hostile import box, picture

PHOTO = frozenset({"photo"})
HEIC = base64.b64decode(
    textwrap.dedent("""
    AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAb5tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA
    ADRpbG9jAAAAAERAAAIAAQAAAAAB4gABAAAAAAAAACQAAgAAAAACBgABAAAAAAAAAEQAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAA
    AAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAA
    kAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq
    5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xh
    cAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBpeGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAA
    ABppcmVmAAAAAAAAAA5jZHNjAAIAAQABAAAAcG1kYXQAAAAgKAGvGYDvSaW//+4VgR813b82yF4Xs5B/0Vp57vcDbW8AAAAGRXhp
    ZgAATU0AKgAAAAgAAgESAAMAAAABAAYAAAEyAAIAAAAUAAAAJgAAAAAyMDIwOjA5OjEyIDEwOjE1OjQ0AA==
    """)
)
"""64 x 48, left half blue and right half red, turned by its EXIF note and its own box; made with libheif."""


def checked(body: bytes, name: str = "foto.jpg") -> CheckedFile:
    return check_own_file(name, body, kinds=PHOTO, max_bytes=30_000_000)


def seen(body: bytes, name: str = "foto.jpg") -> Image.Image:
    kept = checked(body, name)
    assert kept.name.endswith(".jpg")
    with Image.open(io.BytesIO(kept.preview)) as small:
        assert (small.format, small.mode, max(small.size) <= 240) == ("JPEG", "RGB", True)
    with Image.open(kept.body) as found:
        assert (found.format, found.mode) == ("JPEG", "RGB")
        assert not dict(found.getexif())
        return found.copy()


def written(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def halves(mode: str = "RGB", left: object = (200, 30, 30), right: object = (30, 30, 200)) -> Image.Image:
    """100 wide, 60 high."""
    image = Image.new(mode, (100, 60), right)  # type: ignore[arg-type]
    image.paste(left, (0, 0, 50, 60))  # type: ignore[arg-type]
    return image


def close(found: object, wanted: tuple[int, int, int], by: int = 12) -> bool:
    assert isinstance(found, tuple)
    return all(abs(one - other) <= by for one, other in zip(found, wanted, strict=True))


@pytest.mark.parametrize("turn", range(1, 9))
def test_every_way_of_holding_a_phone_comes_out_upright(turn: int) -> None:
    upright = halves()
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    notes = Image.Exif()
    notes[ExifTags.Base.Orientation] = turn
    lying = upright.transpose(back[turn]) if turn in back else upright
    found = seen(written(lying, "JPEG", exif=notes, quality=95))
    assert found.size == (100, 60)
    assert close(found.getpixel((20, 30)), (200, 30, 30))
    assert close(found.getpixel((80, 30)), (30, 30, 200))


def test_an_orientation_that_does_not_exist_is_none() -> None:
    notes = Image.Exif()
    notes[ExifTags.Base.Orientation] = 77
    assert seen(written(halves(), "JPEG", exif=notes)).size == (100, 60)


def test_damaged_notes_do_not_hurt_the_picture() -> None:
    body = written(halves(), "JPEG", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff" + bytes(40))
    assert seen(body).size == (100, 60)


@pytest.mark.parametrize("cut", [0, 300, 700])
def test_of_two_pictures_in_one_file_the_first_counts(cut: int) -> None:
    """MPO, as phones write it for depth and HDR; the second may be cut off by a messenger."""
    whole = written(halves(), "MPO", save_all=True, append_images=[halves(left=(0, 200, 0))])
    body = whole[: len(whole) - cut]
    with Image.open(io.BytesIO(whole)) as found:
        assert found.format == "MPO"
    assert close(seen(body).getpixel((20, 30)), (200, 30, 30))


def test_a_film_behind_a_photo_does_not_hurt() -> None:
    body = written(halves(), "JPEG") + box(b"ftyp", b"mp42") + box(b"mdat", bytes(5000))
    assert close(seen(body).getpixel((20, 30)), (200, 30, 30))


@pytest.mark.parametrize("name", ["a.jfif", "a.jpe", "a.JPEG", "a.heic", "a.png"])
def test_the_content_decides_and_not_the_name(name: str) -> None:
    assert seen(written(halves(), "JPEG"), name).size == (100, 60)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "AVIF"])
def test_what_is_transparent_is_white(kind: str) -> None:
    image = Image.new("RGBA", (100, 60), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 50, 60))
    found = seen(written(image, kind))
    assert close(found.getpixel((20, 30)), (0, 0, 0))
    assert close(found.getpixel((80, 30)), (255, 255, 255))


@pytest.mark.parametrize("mode", ["LA", "P", "1", "L", "RGB"])
def test_every_way_of_writing_transparency_in_a_png(mode: str) -> None:
    if mode == "LA":
        image = halves("LA", (0, 255), (0, 0))
        body = written(image, "PNG")
    else:
        left, right = {"P": (1, 0), "1": (0, 1), "L": (0, 9), "RGB": ((0, 0, 0), (9, 9, 9))}[mode]
        image = halves(mode, left, right)
        if mode == "P":
            image.putpalette([9, 9, 9, 0, 0, 0])
        body = written(image, "PNG", transparency=right)
    found = seen(body)
    assert close(found.getpixel((20, 30)), (0, 0, 0))
    assert close(found.getpixel((80, 30)), (255, 255, 255))


def test_a_large_drawing_on_a_transparent_ground_is_white_too() -> None:
    """Strip by strip: what is larger than the result goes another way through the code."""
    image = Image.new("RGBA", (5000, 3000), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 2500, 3000))
    found = seen(written(image, "PNG"))
    assert found.size == (1600, 960)
    assert close(found.getpixel((400, 900)), (0, 0, 0))
    assert close(found.getpixel((1200, 10)), (255, 255, 255))
    assert close(found.getpixel((1200, 955)), (255, 255, 255))


@pytest.mark.parametrize("size", [(100, 60), (4000, 100)])
def test_a_scan_of_sixteen_bits_keeps_its_brightness(size: tuple[int, int]) -> None:
    image = Image.new("I;16", size, 32896)
    image.paste(65535, (size[0] // 2, 0, *size))
    found = seen(written(image, "PNG"))
    assert close(found.getpixel((found.width // 4, 5)), (128, 128, 128))
    assert close(found.getpixel((found.width * 3 // 4, 5)), (255, 255, 255))


def test_a_colour_scan_of_sixteen_bits_keeps_its_brightness() -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    row = b"\x00" + struct.pack(">3H", 51400, 7710, 7710) * 20
    body = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 20, 20, 16, 2, 0, 0, 0))
    body += chunk(b"IDAT", zlib.compress(row * 20)) + chunk(b"IEND", b"")
    assert close(seen(body).getpixel((10, 10)), (200, 30, 30))


def _unmarked(body: bytes) -> bytes:
    """Without Adobe's note."""
    at = body.index(b"\xff\xee")
    return body[:at] + body[at + 2 + struct.unpack(">H", body[at + 2 : at + 4])[0] :]


def test_inks_come_out_as_they_were_printed() -> None:
    red = Image.new("CMYK", (100, 60), (0, 220, 220, 20))
    wanted = red.convert("RGB").getpixel((5, 5))
    assert isinstance(wanted, tuple)
    assert close(seen(written(red, "JPEG")).getpixel((50, 30)), wanted)  # Pillow writes as Adobe does
    plain = _unmarked(written(ImageChops.invert(red), "JPEG"))
    assert close(seen(plain).getpixel((50, 30)), wanted)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_a_moving_picture_the_first_is_kept(kind: str) -> None:
    frames = [halves(left=(0, 200, 0)), halves(left=(0, 0, 0))]
    body = written(halves(), kind, save_all=True, append_images=frames)
    assert close(seen(body).getpixel((20, 30)), (200, 30, 30), 30)


@pytest.mark.parametrize("name", ["IMG_0001.HEIC", "IMG_0001.jpg", "a.heif"])
def test_photos_of_an_iphone_are_taken_under_any_name(name: str) -> None:
    found = seen(HEIC, name)
    assert sorted(found.size) == [48, 64]
    colours = {found.getpixel((5, 5)), found.getpixel((found.width - 5, found.height - 5))}
    assert any(close(colour, (200, 30, 30), 40) for colour in colours)
    assert any(close(colour, (30, 30, 200), 40) for colour in colours)
    assert checked(HEIC).taken == "2020-09-12 10.15"


def test_a_heic_of_more_pixels_than_fit_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    assert photos.MAX_PIXELS["HEIF"] >= 5712 * 4284  # what an iPhone takes unless it is told otherwise
    monkeypatch.setitem(photos.MAX_PIXELS, "HEIF", 64 * 48 - 1)
    with pytest.raises(Invalid) as refused:
        checked(HEIC)
    assert "megapiksel" in refused.value.text.in_("id")
    assert "WhatsApp" in refused.value.text.in_("id")


def test_a_broken_one_is_told_how_to_set_the_camera() -> None:
    with pytest.raises(Invalid) as refused:
        checked(HEIC[:400])
    assert "HEIC" in refused.value.text.in_("id")
    assert "JPEG" in refused.value.text.in_("id")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_half_a_photo_is_refused(kind: str) -> None:
    whole = picture(kind, 400, 300, "P" if kind == "GIF" else "RGB")
    with pytest.raises(Invalid):
        checked(whole[: len(whole) // 3])


def test_sizes_that_fit_no_memory_get_their_number_said() -> None:
    whole = bytearray(picture("JPEG", 64, 64))
    at = whole.index(b"\xff\xc0") + 5
    whole[at : at + 4] = struct.pack(">HH", 7000, 9000)
    with pytest.raises(Invalid) as refused:
        checked(bytes(whole))
    assert "63 megapiksel" in refused.value.text.in_("id")


def test_a_progressive_photo_has_a_lower_bound() -> None:
    whole = bytearray(picture("JPEG", 64, 64, progressive=True))
    at = whole.index(b"\xff\xc2") + 5
    whole[at : at + 4] = struct.pack(">HH", 8000, 5200)
    with pytest.raises(Invalid) as refused:
        checked(bytes(whole))
    assert "41 megapiksel" in refused.value.text.in_("id")


def test_every_ending_of_a_photo_is_a_photo() -> None:
    assert {"jpg", "jpeg", "jfif", "jpe", "png", "webp", "heic", "heif", "avif"} <= set(
        FILE_KINDS["photo"].extensions
    )
