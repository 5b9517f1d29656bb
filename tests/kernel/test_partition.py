"""Homes shared out into cells: everybody once, buildings together, nobody crowded."""

from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geogrid.coverage.partition import Entrance, Part, households_on, share_out


def home(
    building: int, number: str, households: int, floors: int | None = 6, along: float = 0.0
) -> Entrance:
    address = f"春晖小区{building}栋"
    return Entrance(building, address, number, households, floors, (104.35 + along, 38.55))


def sizes(cells: list[tuple[Part, ...]]) -> list[int]:
    return [sum(part.households for part in cell) for cell in cells]


def buildings(cells: list[tuple[Part, ...]], homes: list[Entrance]) -> list[set[int]]:
    return [{homes[part.entrance].building for part in cell} for cell in cells]


def test_houses_of_a_compound_join_in_the_order_of_their_numbers() -> None:
    homes = [home(n, "1单元", 10, along=(n % 3) * 1e-3) for n in (10, 2, 1, 3, 9, 4)]
    cells = share_out(homes, most=30)
    assert buildings(cells, homes) == [{1, 2, 3}, {4, 9, 10}]


def test_entrances_of_a_house_stay_together_where_they_fit() -> None:
    homes = [home(1, f"{n}单元", 10) for n in (1, 2)] + [home(2, f"{n}单元", 10) for n in (1, 2)]
    assert buildings(share_out(homes, most=30), homes) == [{1}, {2}]


def test_a_large_house_is_divided_between_entrances_evenly() -> None:
    homes = [home(1, f"{n}单元", 12) for n in (1, 2, 3, 4)]
    assert sizes(share_out(homes, most=30)) == [24, 24]


def test_a_large_entrance_is_divided_between_floors() -> None:
    cells = share_out([home(1, "1单元", 66, floors=11)], most=30)
    assert [cell[0].floors for cell in cells] == [(None, 4), (4, 8), (8, None)]
    assert sizes(cells) == [18, 24, 24]


def test_an_entrance_of_unknown_floors_is_left_whole() -> None:
    cells = share_out([home(1, "1单元", 66, floors=None)], most=30)
    assert cells == [(Part(0, (None, None), 66),)]


def test_a_floor_above_the_limit_is_left_whole() -> None:
    cells = share_out([home(1, "1单元", 80, floors=2)], most=30)
    assert sizes(cells) == [40, 40]


def test_the_nearest_compound_comes_next_on_the_walk() -> None:
    far = Entrance(7, "远香苑1栋", "1", 10, 6, (104.37, 38.55))
    near = Entrance(8, "云水居1栋", "1", 10, 6, (104.351, 38.55))
    homes = [home(1, "1", 20), far, near]
    assert buildings(share_out(homes, most=30), homes) == [{1, 8}, {7}]


def test_nothing_is_shared_out_among_nobody() -> None:
    assert share_out([]) == []


def test_a_cell_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="room"):
        share_out([home(1, "1", 1)], most=0)


@pytest.mark.parametrize(
    ("floors", "storeys", "expected"),
    [((None, None), 6, 20), ((1, 2), 6, 3), ((6, 7), 6, 4), ((7, None), 6, 0), ((None, 1), 6, 0),
     ((None, None), None, 20), ((2, None), None, 0), ((1, 2), None, 20)],
)  # fmt: skip
def test_households_are_spread_over_the_floors(
    floors: tuple[int | None, int | None], storeys: int | None, expected: int
) -> None:
    assert households_on(floors, 20, storeys) == expected


HOMES = st.lists(
    st.builds(
        home,
        building=st.integers(1, 6),
        number=st.integers(1, 4).map("{}单元".format),
        households=st.integers(0, 90),
        floors=st.none() | st.integers(1, 33),
    ),
    max_size=24,
)


@given(HOMES, st.integers(1, 60))
def test_every_floor_of_every_entrance_is_in_exactly_one_cell(
    homes: list[Entrance], most: int
) -> None:
    cells = share_out(homes, most=most)
    floors = defaultdict(list)
    for cell in cells:
        for part in cell:
            floors[part.entrance].append(part.floors)
    assert set(floors) == set(range(len(homes)))
    for ranges in floors.values():
        ranges.sort(key=lambda one: -1 if one[0] is None else one[0])
        assert ranges[0][0] is None
        assert ranges[-1][1] is None
        assert all(a[1] == b[0] is not None for a, b in pairwise(ranges))
    assert sum(sizes(cells)) == sum(one.households for one in homes)


@given(HOMES, st.integers(1, 60))
def test_only_what_cannot_be_divided_is_above_the_limit(homes: list[Entrance], most: int) -> None:
    for cell in share_out(homes, most=most):
        if sum(part.households for part in cell) > most:
            (part,) = cell
            storeys = homes[part.entrance].floors
            lower, upper = part.floors
            assert storeys is None or (upper or storeys + 1) - (lower or 1) == 1
