"""One tile as it is sent on: bytes whose kind is told by the bytes themselves."""

from dataclasses import dataclass

__all__ = ["Tile", "kind_of"]

SIGNATURES = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))


@dataclass(frozen=True, slots=True)
class Tile:
    """A picture and its media type."""

    content: bytes
    content_type: str


def kind_of(content: bytes) -> str | None:
    """The media type of PNG, JPEG and WebP; None for everything else."""
    for signature, media_type in SIGNATURES:
        if content.startswith(signature):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return None
