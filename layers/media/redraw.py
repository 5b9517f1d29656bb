"""Turn whatever was uploaded into a plain JPEG, or refuse it. Knows no database.

A picture is decoded and drawn anew, so that neither a position in its EXIF data nor a script hidden
behind its pixels survives. Limits are checked before decoding: a small file can
unpack to gigabytes.
"""

import io
import warnings
from dataclasses import dataclass
from typing import IO

from PIL import (
    Image,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from layers.media.errors import Broken, NotAPicture, TooHeavy, TooManyPixels

__all__ = ["LONGEST_SIDE", "MAX_BYTES", "MAX_PIXELS", "Redrawn", "redraw"]

MAX_BYTES = 12 * 1024 * 1024
MAX_PIXELS = 60_000_000
LONGEST_SIDE = 1600
QUALITY = 82
# Named by their readers, so that these are loaded and no other ever is.
FORMATS = tuple(
    reader.format
    for reader in (
        JpegImagePlugin.JpegImageFile,
        PngImagePlugin.PngImageFile,
        WebPImagePlugin.WebPImageFile,
    )
)


@dataclass(frozen=True, slots=True)
class Redrawn:
    """A JPEG in memory."""

    content: bytes
    width: int
    height: int


def redraw(upload: IO[bytes]) -> Redrawn:
    """Return `upload` as a JPEG of at most 1600 pixels a side, upright, without metadata.

    Raises `PictureRefused` (too heavy, no picture, too many pixels, broken).
    """
    content = upload.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise TooHeavy(megabytes=MAX_BYTES // 1024 // 1024)
    with warnings.catch_warnings():
        # Our own limit is lower than the one Pillow warns about.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        picture = _open(content)
        if picture.width * picture.height > MAX_PIXELS:
            raise TooManyPixels(megapixels=MAX_PIXELS // 1_000_000)
        try:
            # JPEG decodes at a fraction of its size when asked first: a quarter of the memory.
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            plain = _on_white(upright)
        except (OSError, SyntaxError, ValueError, MemoryError) as error:
            raise Broken from error
    target = io.BytesIO()
    plain.save(target, "JPEG", quality=QUALITY, optimize=True)
    return Redrawn(target.getvalue(), plain.width, plain.height)


def _open(content: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise TooManyPixels(megapixels=MAX_PIXELS // 1_000_000) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise NotAPicture from error


def _on_white(picture: Image.Image) -> Image.Image:
    """A new picture with the pixels only; saving the old one would carry its metadata along."""
    layer = picture.convert("RGBA")
    plain = Image.new("RGB", layer.size, "white")
    plain.paste(layer, mask=layer.getchannel("A"))
    return plain
