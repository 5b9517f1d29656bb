"""A plan of half a town, traced over a web map, is recognised by the streets its borders follow."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely
from django.utils import timezone, translation

from geogrid.territory.geometry import from_shapely
from geogrid.territory.plan_files.beside_streets import beside_streets
from layers.basemap.models import Source, Street
from layers.datum.shapes import Shape, Shapes, listed
from layers.datum.shifted import gcj02_to_wgs84, wgs84_to_bd09, wgs84_to_gcj02
from layers.intake.osm import read_extract
from layers.intake.outline import read_outline

pytestmark = pytest.mark.django_db
TOWN = Path(__file__).parents[2] / "fixtures" / "jinghu"


@pytest.fixture
def outline() -> Shape:
    source = Source.objects.create(code="town", name="town", imported_at=timezone.now())
    Street.objects.bulk_create(
        Street(source=source, kind="street", rank=3, path=from_shapely(record.geometry))  # type: ignore[misc]
        for record in read_extract(TOWN / "town.osm.pbf").streets
    )
    return read_outline(TOWN / "boundary.geojson")


def half() -> Shapes:
    drawn = json.loads((TOWN / "grids_drawn.geojson").read_text("utf-8"))["features"]
    return listed(shapely.geometry.shape(one["geometry"]) for one in drawn[: len(drawn) // 2])


def test_a_plan_where_it_belongs_is_left_alone(outline: Shape) -> None:
    assert beside_streets(half(), outline) is None


@pytest.mark.parametrize(
    ("code", "unshift", "move"),
    [
        ("gcj02", "GCJ-02", wgs84_to_gcj02),
        ("bd09", "BD-09", wgs84_to_bd09),
        ("gcj02_undone", "", gcj02_to_wgs84),
    ],
)
def test_half_a_plan_beside_its_streets(
    outline: Shape, code: str, unshift: str, move: Callable[[np.ndarray], np.ndarray]
) -> None:
    with translation.override("en"):
        found = beside_streets(listed(shapely.transform(half(), move)), outline)
        assert found is not None
        assert (found.code, found.unshift) == (code, unshift)
        assert "fall beside streets or doors after conversion" in found.sentence


def test_without_streets_nothing_is_said(outline: Shape) -> None:
    Street.objects.all().delete()
    assert beside_streets(listed(shapely.transform(half(), wgs84_to_gcj02)), outline) is None
