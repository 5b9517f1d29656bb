"""Tiles of files: the right pixel at a known place, and what is refused with which words."""

import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from pyproj import Transformer

from layers.backgrounds import actions, errors, geotiff, mbtiles
from layers.backgrounds.models import Background
from layers.backgrounds.tiles import file_of, tile_of
from tests.domain import background_files as files
from tests.factories import now

HERE = (114.3, 30.6)
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def quarters(side: int = 400) -> np.ndarray:
    """Red and green in the upper half, blue and white in the lower one."""
    pixels = np.zeros((side, side, 3), dtype=np.uint8)
    half = side // 2
    for rows, columns, colour in (
        (slice(half), slice(half), RED),
        (slice(half), slice(half, None), GREEN),
        (slice(half, None), slice(half), BLUE),
        (slice(half, None), slice(half, None), WHITE),
    ):
        pixels[rows, columns] = colour
    return pixels


def raster(path: Path, srid: int = 4547, turned: float = 0.0, metre: float = 1.0) -> Path:
    """Quarters around HERE, a pixel a metre, turned by some degrees."""
    x, y = Transformer.from_crs(4326, srid, always_xy=True).transform(*HERE)
    cos, sin = np.cos(np.radians(turned)) * metre, np.sin(np.radians(turned)) * metre
    half = 200
    origin = (x - half * cos - half * sin, y - half * sin + half * cos)
    geotransform = [origin[0], cos, sin, origin[1], sin, -cos]
    return files.geotiff(path, quarters(), srid=srid, geotransform=geotransform)


def colour_at(path: Path, east_m: float, north_m: float) -> tuple[int, ...]:
    """What is drawn so many metres beside HERE, at the pixel of zoom 20."""
    lon = HERE[0] + east_m / 95_870
    lat = HERE[1] + north_m / 110_860
    zoom, x, y = files.tile_at(lon, lat, 20)
    tile = geotiff.tile(path, zoom, x, y)
    if tile is None:
        return (0, 0, 0, 0)
    fine_zoom, fine_x, fine_y = files.tile_at(lon, lat, 28)  # the pixel of the tile at zoom 20
    assert fine_zoom == 28
    return files.pixel(tile.content, fine_x - x * 256, fine_y - y * 256)


@pytest.mark.parametrize(("srid", "metre"), [(4547, 1.0), (3857, 1.0), (4326, 1e-5)])
def test_each_quarter_of_a_geotiff_lies_where_it_belongs(
    tmp_path: Path, srid: int, metre: float
) -> None:
    path = raster(tmp_path / "q.tif", srid, metre=metre)
    north_half = ((-40, 40, RED), (40, 40, GREEN))
    for east, north, colour in (*north_half, (-40, -40, BLUE), (40, -40, WHITE)):
        seen = colour_at(path, east, north)
        assert seen[:3] == pytest.approx(colour, abs=6), (east, north)
        assert seen[3] == 255


def test_the_cross_in_the_middle_is_met_within_a_pixel(tmp_path: Path) -> None:
    path = raster(tmp_path / "q.tif")
    assert colour_at(path, -1.5, 1.5)[:3] == pytest.approx(RED, abs=8)
    assert colour_at(path, 1.5, 1.5)[:3] == pytest.approx(GREEN, abs=8)
    assert colour_at(path, -1.5, -1.5)[:3] == pytest.approx(BLUE, abs=8)


def test_a_turned_geotiff_is_turned_on_the_map(tmp_path: Path) -> None:
    path = raster(tmp_path / "q.tif", turned=45.0)  # what was up and left is west now
    assert colour_at(path, -60, 0)[:3] == pytest.approx(RED, abs=6)
    assert colour_at(path, 0, 60)[:3] == pytest.approx(GREEN, abs=6)
    assert colour_at(path, 0, -60)[:3] == pytest.approx(BLUE, abs=6)
    assert colour_at(path, 60, 0)[:3] == pytest.approx(WHITE, abs=6)


def test_beside_its_ground_a_geotiff_shows_nothing(tmp_path: Path) -> None:
    path = raster(tmp_path / "q.tif")
    assert colour_at(path, 5_000, 0) == (0, 0, 0, 0)
    assert geotiff.tile(path, 18, 0, 0) is None
    edge = files.tile_at(*HERE, 15)
    tile = geotiff.tile(path, *edge)
    assert tile is not None and tile.content_type == "image/png", "partly empty"


def test_facts_of_a_geotiff(tmp_path: Path) -> None:
    facts = geotiff.look_at(raster(tmp_path / "q.tif"))
    assert facts.max_zoom == 17, "where a pixel spans 1.03 metres at this latitude"
    west, south, east, north = facts.bounds
    assert west < HERE[0] < east and south < HERE[1] < north
    assert (east - west) * 95_870 == pytest.approx(400, abs=12)


def test_a_palette_and_empty_pixels(tmp_path: Path) -> None:
    grey = np.full((300, 300, 1), 90, dtype=np.uint8)
    grey[:, 150:] = 0
    x, y = Transformer.from_crs(4326, 4547, always_xy=True).transform(*HERE)
    path = files.geotiff(
        tmp_path / "g.tif", grey, srid=4547,
        geotransform=[x - 150, 1, 0, y + 150, 0, -1], nodata_value=0,
    )  # fmt: skip
    assert colour_at(path, -40, 0) == pytest.approx((90, 90, 90, 255), abs=2)
    assert colour_at(path, 40, 0)[3] == 0


@pytest.mark.parametrize(
    ("make", "refusal"),
    [
        (lambda path: path.write_bytes(b"II*\x00" + b"\x00" * 200), errors.NotTiles),
        (lambda path: path.write_bytes(b"II*\x00<VRTDataset rasterXSize='1'/>"), errors.NotTiles),
        (
            lambda path: files.geotiff(
                path, quarters().astype(np.uint16), srid=4547,
                geotransform=[500_000, 1, 0, 3_000_000, 0, -1],
            ),
            errors.NotColours,
        ),
        (
            lambda path: files.geotiff(
                path, quarters(), srid=4326, geotransform=[0.0, 1.0, 0.0, 0.0, 0.0, 1.0]
            ),
            errors.NoPlaceOnEarth,
        ),
    ],
)  # fmt: skip
def test_what_is_no_geotiff_to_draw_against(tmp_path: Path, make, refusal) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "bad.tif"
    make(path)
    with pytest.raises(refusal) as told:
        geotiff.look_at(path)
    assert str(told.value)


def test_a_file_that_names_others_is_not_followed(tmp_path: Path) -> None:
    """GDAL would read a VRT for a .tif and open what it names; only the TIFF driver may try."""
    secret = raster(tmp_path / "secret.tif")
    path = tmp_path / "bait.tif"
    path.write_text(
        '<VRTDataset rasterXSize="400" rasterYSize="400"><VRTRasterBand dataType="Byte" band="1">'
        f"<SimpleSource><SourceFilename>{secret}</SourceFilename><SourceBand>1</SourceBand>"
        "</SimpleSource></VRTRasterBand></VRTDataset>"
    )
    with pytest.raises(errors.NotTiles):
        geotiff.look_at(path)


# ---------------------------------------------------------------- MBTiles


def test_a_tile_of_mbtiles_is_found_from_the_north(tmp_path: Path) -> None:
    number = files.tile_at(*HERE, 15)
    content = files.picture()
    path = files.mbtiles(
        tmp_path / "a.mbtiles", {number: content}, bounds="114.2,30.5,114.4,30.7", name="老图"
    )
    found = mbtiles.tile(path, *number)
    assert found is not None
    assert (found.content, found.content_type) == (content, "image/png")
    zoom, x, y = number
    assert mbtiles.tile(path, zoom, x, y + 1) is None
    facts = mbtiles.look_at(path)
    assert (facts.min_zoom, facts.max_zoom) == (15, 15)
    assert (facts.bounds, facts.name) == ([114.2, 30.5, 114.4, 30.7], "老图")


def test_content_is_what_its_bytes_say(tmp_path: Path) -> None:
    number = files.tile_at(*HERE, 15)
    page = b"<html><script>alert(1)</script></html>"
    path = files.mbtiles(tmp_path / "a.mbtiles", {number: page}, format="png")
    assert mbtiles.tile(path, *number) is None
    with pytest.raises(errors.NoTilesInside):
        mbtiles.look_at(path)


@pytest.mark.parametrize("content", ["abc", 3_000_000_000_000, 1.5, None])
def test_a_tile_that_is_no_bytes_is_no_tile(tmp_path: Path, content: Any) -> None:
    number = files.tile_at(*HERE, 15)
    path = files.mbtiles(tmp_path / "a.mbtiles", {number: content})
    with pytest.raises(errors.NoTilesInside):
        mbtiles.look_at(path)
    assert mbtiles.tile(path, *number) is None


def test_vector_tiles_and_damaged_files_are_refused(tmp_path: Path) -> None:
    number = files.tile_at(*HERE, 15)
    vectors = files.mbtiles(tmp_path / "v.mbtiles", {number: b"\x1f\x8b\x08"}, format="pbf")
    with pytest.raises(errors.VectorTiles):
        mbtiles.look_at(vectors)
    with pytest.raises(errors.NoTilesInside):
        mbtiles.look_at(files.mbtiles(tmp_path / "e.mbtiles", {}))
    broken = tmp_path / "b.mbtiles"
    broken.write_bytes(b"SQLite format 3\x00" + b"\xff" * 400)
    with pytest.raises(errors.NoTilesInside):
        mbtiles.look_at(broken)
    with pytest.raises(errors.FileGone):
        mbtiles.tile(tmp_path / "gone.mbtiles", 1, 0, 0)


def test_a_view_that_never_ends_is_broken_off(tmp_path: Path) -> None:
    path = files.mbtiles(tmp_path / "a.mbtiles", {})
    connection = sqlite3.connect(path)
    connection.executescript(
        "DROP TABLE tiles; CREATE VIEW tiles AS WITH RECURSIVE n(i) AS"
        " (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
        " SELECT i AS zoom_level, i AS tile_column, i AS tile_row, NULL AS tile_data FROM n;"
    )
    connection.close()
    with pytest.raises(errors.NoTilesInside):
        mbtiles.look_at(path)


# ---------------------------------------------------------------- actions


@pytest.mark.django_db
def test_an_upload_is_kept_switched_off_and_goes_with_its_row(
    tmp_path: Path, django_capture_on_commit_callbacks
) -> None:  # type: ignore[no-untyped-def]
    number = files.tile_at(*HERE, 16)
    path = files.mbtiles(tmp_path / "a.mbtiles", {number: files.picture()})
    upload = SimpleUploadedFile("张三的地图.mbtiles", path.read_bytes())
    row = actions.add_file(place="jinghu", name_zh="老图", source=upload, by=None, at=now())
    assert row.kind == Background.Kind.MBTILES and not row.enabled
    assert "张三" not in row.file.name
    found = tile_of(row, *number)
    assert found is not None and files.pixel(found.content, 5, 5) == (200, 30, 30, 255)
    assert tile_of(row, 15, number[1] // 2, number[2] // 2) is None, "below its zooms"
    kept = file_of(row)
    assert kept.exists()
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove_background(background=row)
    assert not kept.exists()


@pytest.mark.django_db
def test_a_refused_upload_leaves_no_file(settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    settings.MEDIA_ROOT = tmp_path
    for content in (b"SQLite format 3\x00nothing", b"II*\x00nothing", b"GIF89a"):
        with pytest.raises(errors.BackgroundRefused):
            actions.add_file(
                place="jinghu", name_zh="x", source=SimpleUploadedFile("a.tif", content),
                by=None, at=now(),
            )  # fmt: skip
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not Background.objects.exists()


@pytest.mark.django_db
def test_a_file_of_the_operator_stays_when_its_row_goes(tmp_path: Path) -> None:
    path = raster(tmp_path / "town.tif")
    row = actions.add_file(place="jinghu", source=path, by=None, at=now())
    assert (row.kind, row.path, row.name_zh) == ("geotiff", str(path), "town")
    assert tile_of(row, *files.tile_at(*HERE, 17)) is not None
    actions.remove_background(background=row)
    assert path.exists()


@pytest.mark.django_db
def test_the_database_wants_exactly_one_source() -> None:
    for wrong in (
        {"kind": "xyz"},
        {"kind": "mbtiles", "address": "https://x/"},
        {"kind": "mbtiles", "path": "/a", "file": "b"},
        {"kind": "xyz", "address": "https://x", "min_zoom": 9, "max_zoom": 3},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Background.objects.create(place="jinghu", name_zh="x", at=now(), **wrong)
