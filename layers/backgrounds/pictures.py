"""Turn a picture or a page of a PDF into a plain JPEG, or refuse it. Knows no database.

Decoded and drawn anew, so that no metadata and no script survives; nothing in a PDF but its marks
on the page is looked at (no forms, no JavaScript: pdfium is built without it). One at a time in a
process: pdfium may not be called from two threads, not even for two documents, and a large picture
takes a quarter of a gigabyte while it is made small.
"""

import io
import math
import warnings
from dataclasses import dataclass
from threading import Lock
from typing import IO

from PIL import (
    Image,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from layers.backgrounds.errors import (
    NoSuchPage,
    NotAPicture,
    PdfUnreadable,
    PictureTooHeavy,
    TooManyPixels,
)

__all__ = ["LONGEST_SIDE", "MAX_BYTES", "Drawn", "draw"]

MAX_BYTES = 60 * 1024 * 1024
MAX_PIXELS = 64_000_000  # A0 at 200 dots an inch
LONGEST_SIDE = 6000
QUALITY = 88
DPI, POINTS_PER_INCH = 300, 72
FORMATS = tuple(
    reader.format
    for reader in (
        JpegImagePlugin.JpegImageFile,
        PngImagePlugin.PngImageFile,
        WebPImagePlugin.WebPImageFile,
    )
)

_drawing = Lock()


@dataclass(frozen=True, slots=True)
class Drawn:
    """A JPEG in memory."""

    content: bytes
    width: int
    height: int


def draw(upload: IO[bytes], *, page: int = 1) -> Drawn:
    """Return `upload` as a JPEG of at most 6000 pixels a side, upright, on white.

    `page` counts from 1 and is for PDF only; a page is drawn at 300 dots an inch.
    Raises PictureTooHeavy, NotAPicture, TooManyPixels, PdfUnreadable, NoSuchPage.
    """
    content = upload.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise PictureTooHeavy(megabytes=MAX_BYTES // 1024**2)
    target = io.BytesIO()
    with _drawing:
        paper = content[:1024].lstrip()[:5] == b"%PDF-"
        plain = _page(content, page) if paper else _picture(content)
        plain.save(target, "JPEG", quality=QUALITY, subsampling=0)
    return Drawn(target.getvalue(), plain.width, plain.height)


def _picture(content: bytes) -> Image.Image:
    with warnings.catch_warnings():
        # Our own limit is lower than the one Pillow warns about.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            picture = Image.open(io.BytesIO(content), formats=FORMATS)
        except Image.DecompressionBombError:
            raise TooManyPixels(megapixels=MAX_PIXELS // 1_000_000) from None
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
            raise NotAPicture from None
        if picture.width * picture.height > MAX_PIXELS:
            raise TooManyPixels(megapixels=MAX_PIXELS // 1_000_000)
        try:
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            return _on_white(ImageOps.exif_transpose(_small(picture)))
        except (OSError, SyntaxError, ValueError, MemoryError):
            raise NotAPicture from None


def _small(picture: Image.Image) -> Image.Image:
    """At most `LONGEST_SIDE`, in RGB, RGBA or grey; what comes next only copies the small one."""
    plain = picture if picture.mode in ("RGB", "RGBA", "L") else picture.convert("RGBA")
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return plain


def _page(content: bytes, number: int) -> Image.Image:
    import pypdfium2  # here: only who gives a PDF waits for it

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError:
        raise PdfUnreadable from None
    try:
        if not 1 <= number <= len(document):
            raise NoSuchPage(pages=len(document), page=number)
        page = document[number - 1]
        longest = max(page.get_size())
        if not math.isfinite(longest) or longest <= 0:
            raise PdfUnreadable
        scale = min(DPI / POINTS_PER_INCH, LONGEST_SIDE / longest)
        drawn = page.render(scale=scale, may_draw_forms=False).to_pil()
        # A page can be a hair longer than its size times the scale.
        drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        return _on_white(drawn)
    except (pypdfium2.PdfiumError, MemoryError, ValueError):
        raise PdfUnreadable from None
    finally:
        document.close()


def _on_white(picture: Image.Image) -> Image.Image:
    """A new picture with the pixels only; saving the old one would carry its metadata along."""
    plain = Image.new("RGB", picture.size, "white")
    mask = picture.getchannel("A") if picture.mode == "RGBA" else None
    plain.paste(picture, mask=mask)
    return plain
