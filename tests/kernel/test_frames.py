"""The Python door: names, coordinates, columns. What the kernel does is tested with the kernel."""

import warnings

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geogrid.coverage import frames
from tests.pictures import CELL, ORIGIN, picture, square

TOWN = """
    aab
    acc
    """


def grids(**columns: list) -> gpd.GeoDataFrame:
    shapes = picture(TOWN)
    columns = columns or {"code": list(shapes)}
    return gpd.GeoDataFrame(columns, geometry=list(shapes.values()), crs="EPSG:4326")


def cut(along: float) -> shapely.LineString:
    """A line from south to north, so many cells from the west."""
    x = (ORIGIN[0] + along * CELL) / 1e7
    return shapely.LineString([(x, 29.9), (x, 30.1)])


def codes(frame: gpd.GeoDataFrame) -> list[object]:
    return frame["code"].tolist()


def test_grids_are_known_by_code_and_new_ones_by_the_code_they_come_from() -> None:
    before = grids()
    after = frames.split(before, "c", cut(2))
    assert codes(after) == ["a", "b", "c", "c-2"]
    assert codes(frames.split(before, "c", cut(2), new=["d"])) == ["a", "b", "c", "d"]
    assert codes(before) == ["a", "b", "c"]
    assert frames.check(after, frames.outline(before)).empty


def test_without_codes_the_index_names_grids() -> None:
    frame = grids(people=[1, 2, 3])
    frame.index = ["west", "east", "south"]
    after = frames.merge(frame, "east", ["south"])
    assert after.index.tolist() == ["west", "east"]
    assert frames.split(frame, "south", cut(2)).index.tolist()[-1] == "south-2"


def test_a_numbered_frame_stays_numbered() -> None:
    after = frames.split(grids(), "c", cut(2))
    assert after.index.tolist() == [0, 1, 2, 3]


def test_columns_stay_and_only_named_ones_are_shared_out() -> None:
    frame = grids(code=list("abc"), homes=[30, 10, 20], chief=["Hao", "Qin", "Lu"])
    after = frames.split(frame, "c", cut(2), sums=["homes"]).set_index("code")
    assert after.homes.tolist() == pytest.approx([30, 10, 10, 10], rel=1e-4)
    assert after.chief.tolist() == ["Hao", "Qin", "Lu", "Lu"]
    assert frames.split(frame, "c", cut(2)).homes.tolist() == [30, 10, 20, 20]
    merged = frames.merge(frame, "b", ["c"], sums=["homes"])
    assert merged.homes.tolist() == pytest.approx([30, 30])
    assert merged.chief.tolist() == ["Hao", "Qin"]


def test_land_that_is_handed_over_takes_its_share_along() -> None:
    frame = grids(code=list("abc"), homes=[30, 10, 20])
    after = frames.claim(frame, "b", square(1, 1), sums=["homes"])
    assert after.homes.tolist() == pytest.approx([20, 20, 20], rel=1e-4)


def test_a_school_is_cut_out_under_its_code() -> None:
    after = frames.cut_out(grids(), square(1, 0), "S1", sources=["c"])
    assert codes(after) == ["a", "b", "c", "S1"]
    with pytest.raises(ValueError, match="already"):
        frames.cut_out(grids(), square(1, 0), "a")


def test_a_refusal_names_the_grids_as_the_frame_does() -> None:
    shapes = picture("abc")
    row = gpd.GeoDataFrame({"code": list(shapes)}, geometry=list(shapes.values()), crs=4326)
    with pytest.raises(frames.Refused) as refusal:
        frames.merge(row, "a", ["c"])
    assert refusal.value.labels == ("a", "c")
    assert str(refusal.value).endswith("(a, c)")
    assert refusal.value.code == "not_neighbours"


def test_borders_between_fixed_units_stay_unless_unlocked() -> None:
    frame = grids(code=list("abc"), community=["N", "N", "S"])
    with pytest.raises(frames.Refused, match="fixed_outline"):
        frames.claim(frame, "b", square(1, 0), fixed="community")
    after = frames.claim(frame, "b", square(2, 0), fixed="community", unlocked=True)
    assert frames.check(after, frames.outline(frame)).empty


@pytest.mark.parametrize(
    ("frame", "error"),
    [
        (grids().set_crs(None, allow_override=True), "CRS"),
        (grids(code=["a", "b", "a"]), "'a' stands in several rows"),
        (gpd.GeoDataFrame(geometry=[cut(1)], crs=4326), "no polygons"),
    ],
)
def test_a_frame_that_cannot_be_read_says_why(frame: gpd.GeoDataFrame, error: str) -> None:
    with pytest.raises(ValueError, match=error):
        frames.check(frame, shapely.box(0, 0, 1, 1))


def test_names_that_do_not_exist_are_told_with_those_that_do() -> None:
    with pytest.raises(KeyError, match="no grid has the code 'z'; there are a, b, c"):
        frames.merge(grids(), "z", ["a"])
    with pytest.raises(KeyError, match="no column 'homes'"):
        frames.split(grids(), "c", cut(2), sums=["homes"])
    with pytest.raises(TypeError, match="unexpected arguments: fix"):
        frames.split(grids(), "c", cut(2), fix="community")


def test_another_crs_is_transformed_and_it_is_said() -> None:
    there = grids().to_crs("EPSG:4544")
    with pytest.warns(frames.Moved, match=r"CGCS2000 .* was transformed"):
        found = frames.check(there, frames.outline(grids()))
    assert found.empty


def test_vertices_between_lattice_points_are_moved_and_it_is_said() -> None:
    frame = grids()
    frame["geometry"] = shapely.transform(frame.geometry.array, lambda xy: xy + 3e-9)
    with pytest.warns(frames.Moved, match="3 shapes had vertices"):
        assert frames.check(frame, frames.outline(grids())).empty


def test_what_is_in_place_is_not_warned_about() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert frames.check(grids(), frames.outline(grids())).empty


def test_a_place_on_a_border_counts_once_in_the_lowest_code() -> None:
    frame = grids(code=["b", "a", "c"])
    corner = shapely.Point((ORIGIN[0] + 2 * CELL) / 1e7, (ORIGIN[1] + 1.5 * CELL) / 1e7)
    shops = gpd.GeoDataFrame({"staff": [4]}, geometry=[corner], crs=4326)
    counted = frames.count(frame, shops, sums=["staff"]).set_index("code")
    assert counted.places.to_dict() == {"b": 0, "a": 1, "c": 0}
    assert counted.staff.to_dict() == {"b": 0, "a": 4, "c": 0}


def test_repair_keeps_rows_apart_from_what_vanished() -> None:
    frame = grids(code=["a", "b", "c"], chief=["Hao", "Qin", "Lu"])
    outline = frames.outline(frame)
    frame.loc[1, "geometry"] = shapely.box(0, 0, 1, 1)  # far away: nothing of it is inside
    repaired = frames.repair(frame, outline, gaps_up_to_m2=0, gaps_up_to_m=0)
    assert codes(repaired.grids) == ["a", "c", "unassigned 1"]
    assert repaired.grids.chief.tolist()[:2] == ["Hao", "Lu"]
    assert set(repaired.doubts.concern) == {"vanished", "unassigned"}
    assert frames.check(repaired.grids, repaired.outline).empty


def test_nesting_adds_up_what_is_named() -> None:
    frame = grids(code=list("abc"), community=["N", "N", "S"], homes=[1, 2, 3])
    upper = frames.nest(frame, "community", sums=["homes"])
    assert upper.index.tolist() == ["N", "S"]
    assert upper.homes.tolist() == [3, 3]
    assert upper.children.tolist() == [2, 1]
    assert frames.check(upper, frames.outline(frame)).empty
    frame.loc[0, "community"] = None
    with pytest.raises(ValueError, match="no value in 'community'"):
        frames.nest(frame, "community")


def test_grids_drawn_from_blocks_know_their_blocks() -> None:
    lines = [cut(along) for along in (1, 2)]
    town = shapely.union_all(list(picture(TOWN).values()))
    blocks = frames.blocks(lines, town)
    blocks["homes"] = [10, 11, 30]
    drawn = frames.balance(blocks, "homes", at_least=20, at_most=25)
    assert sorted(drawn.grids.homes) == [21, 30]
    assert drawn.grids.set_index("homes").reason.to_dict() == {21.0: "", 30.0: "heavy_block"}
    sums = drawn.blocks.groupby("grid").homes.sum()
    assert np.array_equal(sums.loc[drawn.grids.index], drawn.grids.homes)


def test_limits_are_streets_then_neighbours_then_the_edge() -> None:
    streets = gpd.GeoDataFrame({"name": ["Main", None]}, geometry=[cut(2), cut(1)], crs=4326)
    found = frames.measure(grids(), streets, edge="-").set_index("code")
    assert found.loc["a", ["north", "east", "south", "west"]].tolist() == [
        "-",
        "Main, c",
        "-, c",
        "-",
    ]
    assert found.pieces.tolist() == [1, 1, 1]
    assert found.loc["b", "compactness"] == pytest.approx(0.78, abs=0.01)


def test_simplified_borders_stay_shared() -> None:
    notch = shapely.Point((ORIGIN[0] + 2 * CELL) / 1e7, (ORIGIN[1] + 1.5 * CELL) / 1e7).buffer(5e-6)
    wavy = frames.claim(grids(), "a", notch)
    light = frames.simplify(wavy, 3)
    before, after = (frame.geometry.count_coordinates().sum() for frame in (wavy, light.grids))
    assert after < before - 10
    assert frames.check(light.grids, light.outline).empty
    assert light.kept == []


def test_two_levels_that_disagree_are_adopted_by_the_larger_share() -> None:
    official = picture("NNM\nNMM")
    parents = gpd.GeoDataFrame(
        {"code": list(official)}, geometry=list(official.values()), crs="EPSG:4326"
    )
    given = frames.adopt(grids(), parents)
    assert given.grids.set_index("code").parent.to_dict() == {"a": "N", "b": "M", "c": "M"}
    assert given.childless == []
    assert frames.check(frames.nest(given.grids, "parent"), frames.outline(grids())).empty


def test_what_changes_hands_is_told_by_codes() -> None:
    after = frames.claim(grids(), "b", square(1, 1))
    homes = gpd.GeoDataFrame({"homes": [7]}, geometry=[shapely.centroid(square(1, 1))], crs=4326)
    change = frames.compare(grids(), after, places=homes, weight="homes")
    (row,) = change.hand_overs.itertuples()
    assert (row.source, row.target, row.weight) == ("a", "b", 7)
    shares = change.shares.set_index(["source", "target"]).of_area
    assert shares["a", "b"] == pytest.approx(1 / 3, rel=1e-4)
    assert shares["b", "b"] == pytest.approx(1)
    assert (change.added, change.removed) == ([], [])


def point(east: float, north: float) -> shapely.Point:
    """So many cells east and north of the picture's corner."""
    return shapely.Point((ORIGIN[0] + east * CELL) / 1e7, (ORIGIN[1] + north * CELL) / 1e7)


def segment(*points: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([point(*one) for one in points])


def area(frame: gpd.GeoDataFrame, code: str) -> float:
    """In cells."""
    shape = frame.set_index("code").geometry[code]
    return shape.area / (CELL / 1e7) ** 2


def test_borders_are_bent_and_straightened_on_both_sides() -> None:
    before = grids()
    bent = frames.insert_vertex(before, segment((2, 1), (2, 2)), point(1.5, 1.5))
    assert area(bent, "b") == pytest.approx(1.25)
    assert frames.check(bent, frames.outline(before)).empty
    farther = frames.move_vertex(bent, point(1.5, 1.5), point(1.25, 1.5))
    assert area(farther, "b") == pytest.approx(1.375)
    for after in (
        frames.delete_vertex(farther, point(1.25, 1.5)),
        frames.straighten(farther, "a", "b"),
    ):
        assert area(after, "b") == pytest.approx(1)
    with pytest.raises(frames.Refused) as refusal:
        frames.straighten(before, "b", "c", fixed="code")
    assert set(refusal.value.labels) == {"b", "c"}


def test_a_border_is_drawn_anew_or_laid_along_a_street() -> None:
    before = grids(code=list("abc"), homes=[30, 10, 20])
    street = segment((2, 1), (1.75, 1.25), (1.75, 1.75), (2, 2))
    after = frames.move_border(
        before, "a", "b", segment((2, 1), (1.5, 1.2), (1.5, 2.5)), sums=["homes"]
    )
    assert 1.4 < area(after, "b") < 1.5
    assert after.homes.sum() == pytest.approx(60)
    metres = 12.0
    laid = frames.snap_to_street(before, "a", "b", [street], within_m=metres)
    assert area(laid, "b") == pytest.approx(1.1875)


def test_moves_are_named_as_the_frame_names_its_blocks_and_grids() -> None:
    shapes = picture("wxyz")
    frame = gpd.GeoDataFrame(
        {"code": list(shapes), "homes": [10, 10, 10, 10], "grid": ["W", "W", "W", "E"]},
        geometry=list(shapes.values()),
        crs="EPSG:4326",
    )
    found = frames.moves(frame, "homes", "grid", at_least=15, at_most=25)
    best = found.iloc[0]
    assert (best.block, best.source, best.target) == ("y", "W", "E")
    assert (best.source_load, best.target_load) == (20, 20)
    assert frames.moves(frame, "homes", "grid", at_least=15, at_most=25, groups="grid").empty
    frame.loc[3, "grid"] = None
    with pytest.raises(ValueError, match="no grid"):
        frames.moves(frame, "homes", "grid", at_least=15, at_most=25)
