"""What is proposed as a grid of its own: the grounds on the map, else the yard of the buildings."""

import pytest
import shapely
from django.contrib.gis.geos import Point

from geogrid.territory.dedicated import Basis, grounds, proposal
from geogrid.territory.geometry import from_shapely, to_shapely
from layers.basemap.models import LandUse, Street
from layers.datum.lattice import on_lattice, snap
from layers.datum.metric import area_m2
from layers.places.models import Building, School
from tests.factories import HospitalFactory, SchoolFactory, ShopFactory, SourceFactory

pytestmark = pytest.mark.django_db
WEST, SOUTH = 113.0, 30.0
EAST_M, NORTH_M = 96486.0, 110852.0  # metres of a degree at 30 N


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """A box in metres from the corner of the test's ground."""
    return snap(
        shapely.box(
            WEST + west / EAST_M,
            SOUTH + south / NORTH_M,
            WEST + east / EAST_M,
            SOUTH + north / NORTH_M,
        )
    )


def point(east: float, north: float) -> Point:
    return from_shapely(snap(shapely.Point(WEST + east / EAST_M, SOUTH + north / NORTH_M)))


def land(shape: shapely.Polygon, kind: str = "grass", name: str = "") -> LandUse:
    return LandUse.objects.create(
        source=SourceFactory(), kind=kind, name=name, shape=from_shapely(shape, multi=True)
    )


def building(shape: shapely.Polygon, **fields: object) -> Building:
    centre = snap(shapely.point_on_surface(shape))
    return Building.objects.create(
        source=SourceFactory(),
        anchor=from_shapely(centre),
        footprint=from_shapely(shape, multi=True),
        **fields,
    )


def street(*points: tuple[float, float], rank: int = 3) -> Street:
    path = shapely.LineString([point(*xy).coords for xy in points])
    return Street.objects.create(
        source=SourceFactory(), kind="residential", rank=rank, path=from_shapely(path)
    )


def school(east: float = 50, north: float = 50) -> School:
    return SchoolFactory(anchor=point(east, north), name="镜湖小学", kind="school")


def test_a_shop_s_mall_is_its_ground() -> None:
    land(box(0, 0, 400, 400), "commerce")
    mall = land(box(20, 20, 120, 120), "commerce", "万象城")
    found = proposal(ShopFactory(anchor=point(50, 50), name="万象城"))
    assert found is not None
    assert found.basis == Basis.LAND_USE
    assert shapely.equals(found.area, to_shapely(mall.shape))
    assert on_lattice([found.area]).all()


def test_residential_land_is_nobody_s_own_unless_it_has_the_name() -> None:
    land(box(0, 0, 400, 400), "residential")
    assert proposal(school()) is None
    land(box(10, 10, 200, 200), "residential", "镜湖小学")
    found = proposal(school())
    assert found is not None
    assert area_m2(found.area) == pytest.approx(190 * 190, rel=0.01)


def test_a_clinic_in_a_park_of_another_name_is_not_the_park() -> None:
    land(box(0, 0, 400, 400), "grass", "人民公园")
    assert proposal(HospitalFactory(anchor=point(50, 50))) is None


def test_a_forest_larger_than_a_town_is_no_ground() -> None:
    land(box(-2000, -2000, 2000, 2000), "grass")
    assert proposal(school()) is None


def test_buildings_of_a_school_share_a_yard() -> None:
    building(box(40, 40, 80, 60), name="镜湖小学", kind="school")
    building(box(100, 40, 120, 60), kind="school")
    building(box(40, 120, 60, 140), kind="apartments", dwellings=20)
    found = proposal(school())
    assert found is not None
    assert found.basis == Basis.BUILDINGS
    assert found.area.covers(shapely.Point(point(110, 50).coords))
    assert found.area.covers(shapely.Point(point(90, 50).coords))
    assert not found.area.intersects(box(40, 120, 60, 140))
    assert area_m2(found.area) == pytest.approx(120 * 60, rel=0.02)
    assert found.area.is_valid
    assert on_lattice([found.area]).all()


def test_the_yard_ends_at_the_street_but_not_at_a_path() -> None:
    building(box(40, 40, 80, 60), kind="school")
    street((0, 70), (200, 70))
    street((0, 35), (200, 35), rank=6)
    found = proposal(school())
    assert found is not None
    assert area_m2(found.area) == pytest.approx(80 * 50, rel=0.02)


def test_the_yard_leaves_the_neighbours_out() -> None:
    own, other = box(0, 0, 40, 20), box(50, 0, 90, 20)
    area = grounds([own], others=[other], anchor=shapely.centroid(own))
    assert area.covers(own)
    assert not area.intersects(other)
    assert area.geom_type == "Polygon"


def test_a_place_without_ground_or_building_has_no_proposal() -> None:
    assert proposal(school()) is None
