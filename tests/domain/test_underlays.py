"""Pictures to draw over: what is left of an upload, and where points put it."""

import io
import threading
import time

import numpy as np
import pytest
from PIL import Image, ImageOps

from layers.backgrounds import errors, mercator
from layers.backgrounds.actions import keep_underlay, place_underlay, remove_underlay
from layers.backgrounds.models import Underlay
from layers.backgrounds.pictures import LONGEST_SIDE, draw
from layers.backgrounds.placing import place
from layers.datum import projective
from tests.domain import background_files as files
from tests.factories import now

HERE = (114.3, 30.6)
WIDTH, HEIGHT = 4000, 3000


def ground(x: float, y: float, turned: float = 12.0, metre: float = 0.25) -> tuple[float, float]:
    """Where a pixel of a plan lies: a quarter of a metre each, turned by 12 degrees."""
    [[east, north]] = mercator.to_metres(HERE)
    angle, size = np.radians(turned), metre / np.cos(np.radians(HERE[1]))
    right, down = (x - WIDTH / 2) * size, (y - HEIGHT / 2) * size
    at = [east + right * np.cos(angle) + down * np.sin(angle),
          north + right * np.sin(angle) - down * np.cos(angle)]  # fmt: skip
    [[lon, lat]] = mercator.to_degrees(at)
    return float(lon), float(lat)


def known(*places: tuple[float, float]) -> list[tuple[float, float, float, float]]:
    return [(x, y, *ground(x, y)) for x, y in places]


FOUR = ((200, 300), (3800, 250), (3700, 2800), (150, 2700))


@pytest.mark.parametrize("fit", ["affine", "projective"])
def test_exact_points_place_a_picture_to_the_centimetre(fit: str) -> None:
    placed = place(known(*FOUR, (2000, 1000)), width=WIDTH, height=HEIGHT, fit=fit)
    assert placed.residual_m < 0.01 and not placed.flat
    found = mercator.to_degrees(projective.applied(placed.matrix, [[2000, 1500]]))
    assert found[0] == pytest.approx(HERE, abs=1e-7)


def test_residuals_are_metres_on_the_ground() -> None:
    points = known(*FOUR)
    lon, lat = points[0][2:]
    points[0] = (*points[0][:2], lon + 8 / 95_870, lat)  # eight metres east of where it is
    placed = place(points, width=WIDTH, height=HEIGHT, fit="affine")
    # An affine fit of a rectangle's corners shares a slip equally among the four.
    assert placed.residuals_m == pytest.approx([2.0] * 4, abs=0.15)
    assert placed.residual_m == pytest.approx(2.0, abs=0.15)
    assert placed.spare == 2


def test_three_points_leave_nothing_to_check() -> None:
    placed = place(known(*FOUR[:3]), width=WIDTH, height=HEIGHT, fit="affine")
    assert placed.spare == 0 and placed.residual_m < 1e-4


def test_nearly_one_line_is_told() -> None:
    points = known((100, 100), (2000, 1500), (3900, 2950), (2100, 1500))
    assert place(points, width=WIDTH, height=HEIGHT, fit="affine").flat


@pytest.mark.parametrize(
    ("points", "fit", "refusal"),
    [
        (known(*FOUR[:2]), "affine", errors.PointsMissing),
        (known(*FOUR[:3]), "projective", errors.PointsMissing),
        (known((0, 0), (1000, 1000), (2000, 2000)), "affine", errors.PointsInLine),
        (known((0, 0), (0, 0), (2000, 2000)), "affine", errors.PointsTogether),
        (known((0, 0), (4001, 0), (2000, 2000)), "affine", errors.PointOutside),
        ([(0, 0, *HERE), (9, 0, 190, 0), (0, 9, *HERE)], "affine", errors.PointOutside),
        (
            [
                (x, y, *ground(*FOUR[other]))
                for (x, y), other in zip(FOUR, (0, 2, 1, 3), strict=True)
            ],
            "projective",
            errors.PictureFolds,
        ),
    ],
)
def test_points_that_place_nothing(points, fit: str, refusal: type) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(refusal) as told:
        place(points, width=WIDTH, height=HEIGHT, fit=fit)
    assert str(told.value)


def test_large_pictures_are_drawn_smaller_without_what_was_in_them() -> None:
    exif = Image.Exif()
    exif[0x010E] = "Zhang San"
    exif[0x0112] = 6  # lies on its side
    source = io.BytesIO()
    Image.new("RGB", (7000, 100), "red").save(source, "JPEG", exif=exif, comment=b"<script>")
    drawn = draw(io.BytesIO(source.getvalue()))
    assert (drawn.width, drawn.height) == (86, LONGEST_SIDE)
    assert b"Zhang" not in drawn.content and b"script" not in drawn.content


def test_a_page_of_a_pdf_is_drawn_at_300_dots_an_inch() -> None:
    drawn = draw(io.BytesIO(files.pdf(2)), page=2)
    assert (drawn.width, drawn.height) == (1180, 592)
    assert files.pixel(drawn.content, 20, 20)[:3] == (0, 0, 0)
    assert files.pixel(drawn.content, 900, 400)[:3] == (255, 255, 255)
    with pytest.raises(errors.NoSuchPage, match="2"):
        draw(io.BytesIO(files.pdf(2)), page=3)


def test_one_is_drawn_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """pdfium may not be called from two threads, and two large pictures fill a small machine."""
    open_now, most = [0], [0]

    def slowly(self: Image.Image, size: tuple[int, int]) -> None:
        open_now[0] += 1
        most.append(open_now[0])
        time.sleep(0.05)
        open_now[0] -= 1

    monkeypatch.setattr(Image.Image, "thumbnail", slowly)
    contents = [files.pdf(), files.picture(size=(40, 40))] * 2
    threads = [threading.Thread(target=lambda c=one: draw(io.BytesIO(c))) for one in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 5 and max(most) == 1


def test_a_picture_of_few_bytes_and_many_pixels_is_refused_before_it_is_unpacked() -> None:
    bomb = io.BytesIO()
    Image.new("1", (9000, 9000)).save(bomb, "PNG")
    with pytest.raises(errors.TooManyPixels):
        draw(io.BytesIO(bomb.getvalue()))


def test_a_large_picture_is_turned_when_it_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    turned: list[tuple[int, int]] = []
    upright = ImageOps.exif_transpose
    monkeypatch.setattr(
        ImageOps, "exif_transpose", lambda one: turned.append(one.size) or upright(one)
    )
    source = io.BytesIO()
    Image.new("P", (7000, 700)).save(source, "PNG")
    draw(io.BytesIO(source.getvalue()))
    assert turned == [(LONGEST_SIDE, 600)]


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"%PDF-1.7 nothing", errors.PdfUnreadable),
        (b"GIF89a" + b"\0" * 50, errors.NotAPicture),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", errors.NotAPicture),
        (files.picture()[:200], errors.NotAPicture),
        (b"", errors.NotAPicture),
    ],
)
def test_what_is_no_picture(content: bytes, refusal: type) -> None:
    with pytest.raises(refusal):
        draw(io.BytesIO(content))


@pytest.mark.django_db
def test_a_picture_is_kept_placed_and_removed(django_capture_on_commit_callbacks) -> None:  # type: ignore[no-untyped-def]
    upload = io.BytesIO(files.picture(size=(400, 300)))
    row = keep_underlay(place="jinghu", name="旧网格图", upload=upload, by=None, at=now())
    assert not Underlay.objects.placed("jinghu").exists()
    points = [(x / 10, y / 10, *ground(x, y)) for x, y in FOUR]
    place_underlay(underlay=row, points=points, fit="affine", by=None, at=now())
    row.refresh_from_db()
    assert row.residual_m is not None and row.residual_m < 0.01 and row.version == 2
    assert list(Underlay.objects.placed("jinghu")) == [row]
    storage, name = row.picture.storage, row.picture.name
    with django_capture_on_commit_callbacks(execute=True):
        remove_underlay(underlay=row)
    assert not storage.exists(name)
