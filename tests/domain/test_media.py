"""What is taken as a picture, what is refused, and what is left of it."""

import io
import struct
import time
import zlib
from datetime import timedelta

import pytest
from PIL import Image

from layers.media import errors
from layers.media.actions import keep_picture, remove_unused
from layers.media.models import Attachment
from layers.media.redraw import redraw
from tests.case_factories import MORNING, photo_bytes


def with_position() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "Zhang San at home"
    exif[0x0112] = 6  # lies on its side
    position = exif.get_ifd(0x8825)
    position[1], position[2] = "N", (30.0, 15.0, 3.0)
    return photo_bytes((80, 40), exif=exif)


def test_nothing_but_pixels_is_kept() -> None:
    drawn = redraw(io.BytesIO(with_position()))
    assert b"Exif" not in drawn.content and b"Zhang" not in drawn.content
    kept = Image.open(io.BytesIO(drawn.content))
    assert not kept.getexif()
    assert kept.size == (drawn.width, drawn.height) == (40, 80), "turned upright first"


def test_a_script_behind_the_pixels_is_gone() -> None:
    script = b"<html><script>alert(1)</script></html>"
    drawn = redraw(io.BytesIO(photo_bytes() + script))
    assert b"script" not in drawn.content
    commented = photo_bytes(comment=script)
    assert b"script" in commented and b"script" not in redraw(io.BytesIO(commented)).content


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_usual_kinds_are_taken(kind: str) -> None:
    assert redraw(io.BytesIO(photo_bytes(kind=kind))).content.startswith(b"\xff\xd8")


def test_large_pictures_shrink() -> None:
    drawn = redraw(io.BytesIO(photo_bytes((4000, 3000))))
    assert (drawn.width, drawn.height) == (1600, 1200)


def test_transparent_becomes_white() -> None:
    target = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(target, "PNG")
    kept = Image.open(io.BytesIO(redraw(io.BytesIO(target.getvalue())).content))
    assert min(kept.getpixel((4, 4))) > 250


def bomb(side: int) -> bytes:
    """A PNG of side x side black pixels, a few hundred kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    packer = zlib.compressobj(9)
    row = b"\0" * (side // 8 + 1)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", errors.NotAPicture),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", errors.NotAPicture),
        (b"GIF89a" + b"\0" * 40, errors.NotAPicture),
        (b"%PDF-1.7 ...", errors.NotAPicture),
        (b"PK\x03\x04" + b"\0" * 100, errors.NotAPicture),
        (photo_bytes((600, 400))[:900], errors.Broken),
        (b"\0" * (12 * 1024 * 1024 + 1), errors.TooHeavy),
        (bomb(20_000), errors.TooManyPixels),
    ],
    ids=["empty", "svg", "gif", "pdf", "zip", "cut off", "heavy", "bomb"],
)
def test_refused_at_once_with_a_sentence(content: bytes, error: type[Exception]) -> None:
    begun = time.perf_counter()
    with pytest.raises(error) as refused:
        redraw(io.BytesIO(content))
    assert time.perf_counter() - begun < 1
    assert len(str(refused.value)) > 8 and "%(" not in str(refused.value)


@pytest.mark.django_db
def test_kept_under_a_random_name() -> None:
    upload = io.BytesIO(photo_bytes())
    upload.name = "../../Zhang San 13800138000.php"
    row = keep_picture(upload=upload, at=MORNING)
    assert "Zhang" not in row.file.name and ".." not in row.file.name
    assert row.file.name.endswith(".jpg") and str(row.pk) not in row.file.name


@pytest.mark.django_db(transaction=True)
def test_pictures_nobody_refers_to_are_removed() -> None:
    row = keep_picture(upload=io.BytesIO(photo_bytes()), at=MORNING)
    assert remove_unused(at=MORNING + timedelta(hours=23)) == 0
    assert remove_unused(at=MORNING + timedelta(hours=25)) == 1
    assert not Attachment.objects.exists()
    assert not row.file.storage.exists(row.file.name)
