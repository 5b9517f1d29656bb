"""Small drawn pictures that stand for photographs: plainly drawings, and nobody is in them."""

import io
from collections.abc import Callable

from PIL import Image, ImageDraw

SIZE = (960, 720)
Draw = ImageDraw.ImageDraw
NIGHT, DAY, GROUND, WALL = "#1d2733", "#cfe0ea", "#8f958f", "#d9cfbd"


def scene(category: str, *, mended: bool) -> io.BytesIO:
    """A JPEG of what a case of `category` is about, before or after it was put right."""
    night = category == "lighting" and not mended
    picture = Image.new("RGB", SIZE, NIGHT if night else DAY)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 520, 960, 720), fill="#39424c" if night else GROUND)
    SCENES.get(category, _house)(draw, mended)
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=80)
    stream.seek(0)
    return stream


def _lamp(draw: Draw, mended: bool) -> None:
    draw.rectangle((468, 180, 484, 560), fill="#5b6670")
    draw.line((476, 186, 600, 170), fill="#5b6670", width=14)
    draw.ellipse((570, 160, 650, 200), fill="#ffe9a8" if mended else "#2b333b")
    if mended:
        draw.polygon(((590, 200), (630, 200), (760, 560), (470, 560)), fill="#fff4cf")
    for step in range(4):
        draw.rectangle((120 + 60 * step, 560 - 40 * step, 330, 600), fill="#707a80")


def _bin(draw: Draw, mended: bool) -> None:
    for number in range(3):
        x = 230 + number * 180
        draw.rectangle((x, 320, x + 130, 560), fill="#3f6f5b")
        draw.rectangle((x - 10, 296, x + 140, 326), fill="#2e5445")
        if not mended:
            draw.polygon(((x, 300), (x + 40, 220), (x + 90, 210), (x + 130, 300)), fill="#777468")
            draw.ellipse((x - 40, 530, x + 40, 600), fill="#8b8474")


def _road(draw: Draw, mended: bool) -> None:
    draw.polygon(((180, 720), (780, 720), (600, 300), (360, 300)), fill="#6d7276")
    draw.ellipse((390, 480, 570, 560), fill="#4b5054", outline="#2c3033", width=8)
    if not mended:
        draw.ellipse((400, 470, 590, 540), fill="#7c8186", outline="#2c3033", width=6)
        draw.polygon(((640, 600), (680, 480), (720, 600)), fill="#d9622b")


def _water(draw: Draw, mended: bool) -> None:
    draw.rectangle((0, 500, 960, 540), fill="#b7b2a6")
    if not mended:
        draw.ellipse((200, 520, 820, 700), fill="#7fb2d0")
        draw.line((480, 560, 480, 420), fill="#9cc8e0", width=20)
        draw.ellipse((430, 400, 530, 460), fill="#9cc8e0")


def _stairs(draw: Draw, mended: bool) -> None:
    draw.rectangle((0, 0, 960, 520), fill=WALL)
    for step in range(6):
        draw.rectangle((520 + 60 * step, 480 - 50 * step, 960, 530 - 50 * step), fill="#b4aa98")
    for number in range(0 if mended else 3):
        x = 90 + 130 * number
        draw.ellipse((x, 430, x + 90, 520), outline="#2c3033", width=10)
        draw.ellipse((x + 90, 430, x + 180, 520), outline="#2c3033", width=10)
        draw.line((x + 45, 470, x + 90, 380, x + 135, 470), fill="#b03a3a", width=12)


def _car(draw: Draw, mended: bool) -> None:
    draw.rectangle((0, 400, 960, 720), fill="#8fb37a")
    if not mended:
        draw.rectangle((250, 430, 720, 540), fill="#e7e9ea")
        draw.polygon(((330, 430), (400, 350), (590, 350), (660, 430)), fill="#e7e9ea")
        for x in (320, 580):
            draw.ellipse((x, 500, x + 80, 580), fill="#2c3033")


def _house(draw: Draw, mended: bool) -> None:
    draw.rectangle((260, 200, 700, 520), fill=WALL)
    draw.polygon(((230, 200), (480, 80), (730, 200)), fill="#8d5b4c")
    draw.rectangle((440, 380, 530, 520), fill="#6b4f3a" if mended else "#2c3033")
    for x in (310, 590):
        draw.rectangle((x, 260, x + 70, 330), fill="#9fc3d8")


SCENES: dict[str, Callable[[Draw, bool], None]] = {
    "lighting": _lamp,
    "rubbish": _bin,
    "manhole": _road,
    "leak": _water,
    "fire_safety": _stairs,
    "parking": _car,
    "green": _car,
}
