"""The fictional town: made by its generator, nothing of the original left, plainly invented."""

import re
from pathlib import Path

import osmium
import pytest

from fixtures.jinghu import generate
from fixtures.jinghu.names import compound_names, house_number, street_names
from layers.datum.metric import distance_m
from layers.intake.osm import read_extract

HERE = Path(generate.__file__).parent
NAMED = ("name", "addr:street", "addr:place", "addr:housenumber", "addr:unit")


def content(path: Path) -> list[tuple]:
    return [
        (thing.type_str(), thing.id, tuple(sorted((tag.k, tag.v) for tag in thing.tags)))
        for thing in osmium.FileProcessor(str(path))
    ]


def test_the_committed_files_are_what_the_generator_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generate, "HERE", tmp_path)
    generate.main()
    assert content(tmp_path / "town.osm.pbf") == content(HERE / "town.osm.pbf")
    outline = "boundary.geojson"
    assert (tmp_path / outline).read_text("utf-8") == (HERE / outline).read_text("utf-8")


def test_no_foreign_name_is_left() -> None:
    left = {
        tag.v
        for thing in osmium.FileProcessor(str(HERE / "town.osm.pbf"))
        for tag in thing.tags
        if tag.k in NAMED and re.search(r"[^\W\d_]", re.sub("[一-鿿]", "", tag.v))
    }
    assert left == set()


def test_it_says_nothing_a_map_of_people_should_not_say() -> None:
    kinds = {
        tag.v
        for thing in osmium.FileProcessor(str(HERE / "town.osm.pbf"))
        for tag in thing.tags
        if tag.k in ("amenity", "building", "phone", "website", "email")
    }
    assert not kinds & {"place_of_worship", "church", "prison", "social_facility"}


def test_shapes_kept_their_size_on_the_move() -> None:
    extract = read_extract(HERE / "town.osm.pbf")
    west, east = 104.35 - 0.01, 104.35 + 0.01
    metres = float(distance_m([(west, 38.55)], [(east, 38.55)])[0])
    assert metres == pytest.approx(1742, abs=2)
    longest = max(extract.buildings, key=lambda record: record.geometry.length)
    assert longest.geometry.bounds[0] > 104.3


def test_street_names_are_unique_and_depend_on_the_set_only() -> None:
    originals = [f"Straße {letter}" for letter in "abcdefghij"] + ["Turmstraße", "Seeweg"]
    names = street_names(originals)
    assert names["Turmstraße"] == "钟楼街"
    assert len(set(names.values())) == len(originals)
    assert street_names(reversed(originals)) == names


def test_compound_names_never_repeat() -> None:
    names = list(compound_names())
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("original", "number"), [("12", "12号"), ("12a", "12-1号"), ("12-14", "12-14号"), ("x", "")]
)
def test_house_numbers(original: str, number: str) -> None:
    assert house_number(original) == number
