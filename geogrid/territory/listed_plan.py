"""Draw the grids of a list: find its items, draw around them, say what is wrong. Pure.

Joins `listing` (what was written), `listed_ground` (what it means) and the kernel's
`draw_from_list` (where the borders run).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.from_list import Drawn, Terrain, Trouble, TroubleKind, draw_from_list
from geogrid.territory.listed_ground import Exactness, Found, ListedGround, NamedShape
from geogrid.territory.listing import GridRow, Item, Listing
from layers.datum.shapes import Shape, listed
from layers.geocoding.normalise import normalise
from layers.intake.doors import Door

__all__ = ["ListFinding", "ListFindingKind", "ListedPlan", "Town", "draw_listing"]

FREE = -1
SHOWN_DOORS = 6  # addresses a finding names; the rest is a number


class ListFindingKind(StrEnum):
    """What can be wrong with a list."""

    LISTED_TWICE = "listed_twice"
    NOT_FOUND = "not_found"
    AMBIGUOUS = "ambiguous"
    TWO_PARTS = TroubleKind.TWO_PARTS.value
    ONE_BUILDING = TroubleKind.ONE_BUILDING.value
    OTHER_COMMUNITY = TroubleKind.OTHER_COMMUNITY.value
    OUTSIDE = TroubleKind.OUTSIDE.value
    NO_GROUND = TroubleKind.NO_GROUND.value
    UNASSIGNED = TroubleKind.UNASSIGNED.value
    UNLISTED = "unlisted"  # addresses that no grid lists: they went to the grid around them


@dataclass(frozen=True, slots=True)
class ListFinding:
    """One thing wrong with the list.

    Attributes
    ----------
    grids : tuple of int
        Indices into the listing's grids; of `LISTED_TWICE` the one that keeps it first.
    items : tuple of str
        What was written, for the grids in the same order where there are several.
    note : str
        One sentence more, in English; may be empty.
    where : Point, MultiPoint or polygon
        EPSG:4326; empty where there is no place.
    """

    kind: ListFindingKind
    grids: tuple[int, ...]
    items: tuple[str, ...]
    note: str
    where: Shape
    area_m2: float = 0.0


@dataclass(frozen=True, slots=True)
class Town:
    """The ground and the names on it; see `Terrain` and `ListedGround`.

    `communities` are the terrain's, with their names: a list may name one as a whole.
    """

    terrain: Terrain
    doors: Sequence[Door]
    places: Sequence[NamedShape] = ()
    areas: Sequence[NamedShape] = ()
    communities: Sequence[NamedShape] = ()


@dataclass(frozen=True, slots=True)
class ListedPlan:
    """A plan drawn from a list.

    Attributes
    ----------
    grids : tuple of GridRow
    drawn : Drawn
        `drawn.grid` indexes `grids`.
    communities : tuple of str
        Name of the community of each shape, "" where there is none.
    items, items_in_grid : int
        Listed items, and those of which everything lies in the grid they are listed for.
    places, places_in_grid : int
        The same for the doors, places and outlines that the items name.
    findings : tuple of ListFinding
    """

    grids: tuple[GridRow, ...]
    drawn: Drawn
    communities: tuple[str, ...]
    items: int
    items_in_grid: int
    places: int
    places_in_grid: int
    findings: tuple[ListFinding, ...] = field(repr=False)

    @property
    def share_of_items(self) -> float:
        """Items in their grid, of all that are listed."""
        return self.items_in_grid / self.items if self.items else 1.0

    @property
    def share_of_places(self) -> float:
        """Listed places in their grid, of all that were found."""
        return self.places_in_grid / self.places if self.places else 1.0


def draw_listing(listing: Listing, town: Town, *, pieces_allowed: Iterable[int] = ()) -> ListedPlan:
    """Draw the grids of a list.

    Parameters
    ----------
    listing : Listing
    town : Town
        The terrain's outline on the lattice.
    pieces_allowed : iterable of int
        Grids that may lie in several pieces (飞地).

    Returns
    -------
    ListedPlan
        Whatever the list says, its shapes tile the outline exactly.

    Raises
    ------
    ValueError
        When the outline is invalid or empty.
    """
    ground = ListedGround(town.doors, town.places, [*town.areas, *town.communities])
    claims = _Claims(listing, ground)
    told = [_community(row.community, town.communities) for row in listing.grids]
    drawn = draw_from_list(
        town.terrain,
        [ground.doors[at].anchor for at in claims.doors] + [shape for _, shape in claims.places],
        [*claims.doors.values(), *(grid for grid, _ in claims.places)],
        areas=[shape for _, shape in claims.areas],
        area_grid=[grid for grid, _ in claims.areas],
        community=told,
        grids=len(listing.grids),
        pieces_allowed=tuple(pieces_allowed),
    )
    good = _in_their_grid(claims, drawn)
    names = tuple(
        town.communities[at].name if at != FREE else "" for at in drawn.community.tolist()
    )
    findings = [*claims.findings, *_troubles(claims, drawn), *_unlisted(claims, drawn)]
    return ListedPlan(
        grids=listing.grids,
        drawn=drawn,
        communities=names,
        items=len(claims.items),
        items_in_grid=sum(1 for all_there, _, _ in good if all_there),
        places=sum(count for _, count, _ in good),
        places_in_grid=sum(there for _, _, there in good),
        findings=tuple(findings),
    )


class _Claims:
    """Who claims what: every item found, every door given to one grid.

    `items` are (grid, item, found); `doors` door -> grid in ascending order of doors; `places` and
    `areas` (grid, shape). `left_out` are (item, door) that another grid lists by its very plate.
    """

    def __init__(self, listing: Listing, ground: ListedGround) -> None:
        self.ground = ground
        self.findings: list[ListFinding] = []
        self.items: list[tuple[int, Item, Found]] = [
            (grid, item, ground.find(item, row.community))
            for grid, row in enumerate(listing.grids)
            for item in row.items
        ]
        for grid, item, found in self.items:
            self._tell(grid, item, found)
        self.claimed: dict[int, list[tuple[Exactness, int]]] = {}
        for number, (_, _, found) in enumerate(self.items):
            for door, exactness in found.doors.items():
                self.claimed.setdefault(door, []).append((exactness, number))
        self.left_out: set[tuple[int, int]] = set()
        self.doors = self._settled()
        self.places = self._once("places")
        self.areas = self._once("areas")
        self.place_names = [ground.places[at].name for at in self._taken("places")]

    def _tell(self, grid: int, item: Item, found: Found) -> None:
        if found and not found.doubtful:
            return
        ambiguous = found.known and (found.doubtful or found.note.startswith("it could be"))
        kind = ListFindingKind.AMBIGUOUS if ambiguous else ListFindingKind.NOT_FOUND
        where = shapely.MultiPoint([self.ground.doors[at].anchor for at in found.doubtful])
        self.findings.append(ListFinding(kind, (grid,), (item.text,), found.note, where))

    def _settled(self) -> dict[int, int]:
        """Door -> grid: the most exact claim, then the first; quarrels become findings."""
        result: dict[int, int] = {}
        quarrels: dict[tuple[int, int], list[int]] = {}
        for door in sorted(self.claimed):
            claims = sorted(self.claimed[door], key=lambda claim: (-claim[0], claim[1]))
            exactness, first = claims[0]
            result[door] = self.items[first][0]
            for other_exactness, other in claims[1:]:
                if self.items[other][0] == result[door]:
                    continue
                if (exactness, other_exactness) == (Exactness.PLATE, Exactness.NUMBER):
                    self.left_out.add((other, door))  # 5号 here, 5号附1 there: no quarrel
                else:
                    quarrels.setdefault((first, other), []).append(door)
        for (first, other), doors in quarrels.items():
            self._listed_twice(first, other, [self.ground.doors[at].anchor for at in doors])
        return result

    def _once(self, what: str) -> list[tuple[int, Shape]]:
        """(grid, shape) of named places or outlines; the first who lists one has it."""
        known = self._known(what)
        taken = self._taken(what)
        for number, (grid, _, found) in enumerate(self.items):
            for at in getattr(found, what):
                first = taken[at]
                if self.items[first][0] != grid:
                    self._listed_twice(first, number, [shapely.point_on_surface(known[at].shape)])
        return [(self.items[number][0], known[at].shape) for at, number in taken.items()]

    def _known(self, what: str) -> Sequence[NamedShape]:
        return self.ground.places if what == "places" else self.ground.areas

    def _taken(self, what: str) -> dict[int, int]:
        """Index of each listed place or outline -> the first item that names it."""
        taken: dict[int, int] = {}
        for number, (_, _, found) in enumerate(self.items):
            for at in getattr(found, what):
                taken.setdefault(at, number)
        return taken

    def _listed_twice(self, first: int, other: int, points: list[shapely.Point]) -> None:
        (one, item, _), (two, second, _) = self.items[first], self.items[other]
        note = f"{len(points)} places; given to the grid that names them more exactly, or first"
        self.findings.append(
            ListFinding(
                ListFindingKind.LISTED_TWICE,
                (one, two),
                (item.text, second.text),
                note,
                shapely.MultiPoint(points),
            )
        )


def _in_their_grid(claims: _Claims, drawn: Drawn) -> list[tuple[bool, int, int]]:
    """For each item: whether all it names lies in its grid, how much that is, how much is there."""
    shapes, grids = drawn.shapes, drawn.grid
    tree = shapely.STRtree(shapes)

    def grid_at(points: list[Shape]) -> NDArray[np.int64]:
        result = np.full(len(points), FREE, dtype=np.int64)
        rows, hits = tree.query(listed(points), predicate="intersects")
        for row, hit in sorted(zip(rows.tolist(), hits.tolist(), strict=True), reverse=True):
            result[row] = grids[hit]
        return result

    ground = claims.ground
    at_door = grid_at([door.anchor for door in ground.doors])
    at_place = grid_at([place.shape for place in ground.places])
    at_area = grid_at([shapely.point_on_surface(area.shape) for area in ground.areas])
    result = []
    for number, (grid, _, found) in enumerate(claims.items):
        homes = [at_door[at] for at in found.doors if (number, at) not in claims.left_out]
        homes += [at_place[at] for at in found.places]
        if not homes:
            homes = [at_area[at] for at in found.areas]
        there = sum(1 for home in homes if home == grid)
        complete = bool(homes) and there == len(homes) and not found.doubtful
        result.append((complete, len(homes), there))
    return result


def _troubles(claims: _Claims, drawn: Drawn) -> Iterator[ListFinding]:
    """What the drawing says, in words of the list."""
    doors = list(claims.doors)
    for trouble in drawn.troubles:
        named = [
            claims.ground.doors[doors[at]].text
            if at < len(doors)
            else claims.place_names[at - len(doors)]
            for at in trouble.points
        ]
        yield ListFinding(
            ListFindingKind(trouble.kind.value),
            trouble.grids,
            tuple(_some(named)),
            _note(trouble),
            trouble.where,
            trouble.area_m2,
        )


def _note(trouble: Trouble) -> str:
    return {
        TroubleKind.OUTSIDE: "beyond the outline",
        TroubleKind.OTHER_COMMUNITY: "it lies in another community than the grid",
        TroubleKind.ONE_BUILDING: "a building is not cut: the grid with most doors has it",
        TroubleKind.TWO_PARTS: "nothing free joins it to the rest; a neighbour has it now",
        TroubleKind.NO_GROUND: "nothing it lists was found",
        TroubleKind.UNASSIGNED: "no grid reaches it",
    }[trouble.kind]


def _unlisted(claims: _Claims, drawn: Drawn) -> Iterator[ListFinding]:
    """Addresses nobody lists, by street and by the grid around them."""
    ground = claims.ground
    doubtful = {at for _, _, found in claims.items for at in found.doubtful}
    left = [
        at for at in range(len(ground.doors)) if at not in claims.claimed and at not in doubtful
    ]
    if not left:
        return
    rows, hits = shapely.STRtree(drawn.shapes).query(
        listed([ground.doors[at].anchor for at in left]), predicate="intersects"
    )
    groups: dict[tuple[str, int], list[int]] = {}
    seen: Counter[int] = Counter()
    for row, hit in sorted(zip(rows.tolist(), hits.tolist(), strict=True)):
        seen[row] += 1
        if seen[row] == 1:
            door = ground.doors[left[row]]
            groups.setdefault((door.street, int(drawn.grid[hit])), []).append(left[row])
    for (_, grid), doors in groups.items():
        words = tuple(_some([ground.doors[at].text for at in doors]))
        where = shapely.MultiPoint([ground.doors[at].anchor for at in doors])
        grids = (grid,) if grid != FREE else ()
        note = "no grid lists it; it went to the grid around it"
        yield ListFinding(ListFindingKind.UNLISTED, grids, words, note, where)


def _some(texts: list[str]) -> list[str]:
    different = list(dict.fromkeys(texts))
    if len(different) <= SHOWN_DOORS:
        return different
    return [*different[:SHOWN_DOORS], f"+{len(different) - SHOWN_DOORS}"]


def _community(name: str, communities: Sequence[NamedShape]) -> int:
    """Index of the community a row names; -1 when it names none that is known."""
    bare = _bare(name)
    if not bare:
        return FREE
    return next((at for at, one in enumerate(communities) if _bare(one.name) == bare), FREE)


def _bare(name: str) -> str:
    """南苑社区 and 南苑 are one community."""
    folded = normalise(name)
    return folded.removesuffix("居委会").removesuffix("村委会").removesuffix("社区") or folded
