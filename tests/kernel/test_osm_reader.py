"""What is read from OpenStreetMap files: the shipped extract, a hand-written one, and bad ones."""

from pathlib import Path

import numpy as np
import pytest
import shapely

from layers.datum.lattice import on_lattice
from layers.intake.doors import NearestDoor, address_text, doors_of
from layers.intake.errors import BoundaryMissing, FileUnreadable, WrongCoordinates
from layers.intake.osm import read_extract
from layers.intake.outline import outline_in_extract, read_outline

FIXTURES = Path(__file__).parents[2] / "fixtures"
TOWN = FIXTURES / "neubrandenburg" / "extract.osm.pbf"

SMALL = """<?xml version='1.0'?>
<osm version='0.6'>
 <node id='1' lat='53.50' lon='13.20' version='1'/>
 <node id='2' lat='53.50' lon='13.21' version='1'/>
 <node id='3' lat='53.51' lon='13.21' version='1'>
  <tag k='addr:street' v='Am Gehölz'/><tag k='addr:housenumber' v='12;14'/></node>
 <node id='4' lat='53.5001' lon='13.2001' version='1'><tag k='addr:housenumber' v='7'/></node>
 <node id='5' lat='53.505' lon='13.205' version='1'><tag k='power' v='pole'/></node>
 <way id='10' version='1'><nd ref='1'/><nd ref='2'/><nd ref='3'/>
  <tag k='highway' v='residential'/><tag k='name' v='Am Gehölz'/></way>
 <way id='11' version='1'><nd ref='1'/><nd ref='99'/><tag k='highway' v='service'/></way>
 <way id='12' version='1'><nd ref='1'/><nd ref='2'/><nd ref='3'/><nd ref='1'/>
  <tag k='building' v='yes'/></way>
 <relation id='20' version='1'><member type='way' ref='77' role='outer'/>
  <tag k='type' v='boundary'/><tag k='boundary' v='administrative'/><tag k='name' v='Kleinstadt'/>
 </relation>
</osm>
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.osm"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_the_shipped_extract_is_read_whole() -> None:
    extract = read_extract(TOWN)
    assert extract.read == {"nodes": 152_087, "ways": 25_897, "relations": 295}
    assert len(extract.buildings) == 15_336
    assert len(extract.addresses) == 10_261
    anchors = np.array([record.anchor for record in extract.buildings])
    assert on_lattice(anchors).all()
    assert on_lattice(np.array([record.geometry for record in extract.buildings])).all()


def test_an_anchor_lies_on_its_building() -> None:
    extract = read_extract(TOWN)
    shapes = np.array([record.geometry for record in extract.buildings])
    anchors = np.array([record.anchor for record in extract.buildings])
    assert shapely.intersects(shapes, anchors).all()


def test_what_cannot_be_built_is_counted_not_dropped_silently(small: Path) -> None:
    extract = read_extract(small)
    assert extract.unbuildable == {"streets": 1}
    assert [street.name for street in extract.streets] == ["Am Gehölz"]
    assert [building.source_id for building in extract.buildings] == ["w12"]
    assert extract.points == []  # a pole is no place


def test_several_numbers_make_several_doors_and_no_street_is_reported(small: Path) -> None:
    doors, streetless = doors_of(read_extract(small).addresses)
    assert [door.text for door in doors] == ["Am Gehölz 12", "Am Gehölz 14"]
    assert [record.source_id for record in streetless] == ["n4"]


def test_chinese_addresses_are_written_without_spaces() -> None:
    assert address_text("钟楼街", "12号") == "钟楼街12号"
    assert address_text("春晖小区", "3栋", "2单元") == "春晖小区3栋2单元"
    assert address_text("Turmstraße", "12") == "Turmstraße 12"


def test_a_place_without_an_address_is_known_by_its_nearest_door(small: Path) -> None:
    extract = read_extract(small)
    doors, _ = doors_of(extract.addresses)
    nearest = NearestDoor(doors, extract.streets)
    at_the_door = shapely.Point(13.2102, 53.5101)
    on_the_street = shapely.Point(13.2050, 53.5001)
    nowhere = shapely.Point(13.3, 53.6)
    found = nearest.of([at_the_door, on_the_street, nowhere], [{}, {}, {}])
    assert found == ["Am Gehölz 12", "Am Gehölz", ""]


def test_a_boundary_with_a_missing_way_asks_for_a_file(small: Path) -> None:
    with pytest.raises(BoundaryMissing, match="r20.*--boundary") as caught:
        outline_in_extract(read_extract(small), "Kleinstadt")
    assert caught.value.data["relations"] == ["r20"]


def test_an_unknown_town_asks_for_a_file(small: Path) -> None:
    with pytest.raises(BoundaryMissing, match="no administrative boundary called Nirgends"):
        outline_in_extract(read_extract(small), "Nirgends")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a map", b"<osm><node</osm>"])
def test_a_file_that_is_no_extract_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "town.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(FileUnreadable, match=r"town\.osm\.pbf"):
        read_extract(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="There is no file"):
        read_extract(tmp_path / "none.osm.pbf")
    with pytest.raises(FileUnreadable, match="There is no file"):
        read_outline(tmp_path / "none.geojson")


SQUARE = "[[[{0},{1}],[{2},{1}],[{2},{3}],[{0},{3}],[{0},{1}]]]"


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("not json", FileUnreadable, "not a GeoJSON"),
        ("[]", FileUnreadable, "not a GeoJSON"),
        ('{"type":"FeatureCollection","features":[]}', BoundaryMissing, "no polygon"),
        ('{"type":"Point","coordinates":[13,53]}', BoundaryMissing, "no polygon"),
        (
            '{"type":"Polygon","coordinates":'
            + SQUARE.format(382000, 5934000, 383000, 5935000)
            + "}",
            WrongCoordinates,
            "metres",
        ),
        (
            '{"type":"FeatureCollection","crs":{"type":"name","properties":'
            '{"name":"urn:ogc:def:crs:EPSG::25833"}},"features":[{"type":"Feature","geometry":'
            '{"type":"Polygon","coordinates":' + SQUARE.format(13, 53, 14, 54) + "}}]}",
            WrongCoordinates,
            "EPSG::25833",
        ),
    ],
)
def test_an_unusable_outline_says_why(
    tmp_path: Path, text: str, error: type[Exception], words: str
) -> None:
    path = tmp_path / "outline.geojson"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(error, match=words):
        read_outline(path)


def test_the_shipped_outline_is_one_piece_on_the_lattice() -> None:
    outline = read_outline(FIXTURES / "neubrandenburg" / "city_boundary.geojson")
    assert len(outline.geoms) == 1
    assert on_lattice(outline).all()
