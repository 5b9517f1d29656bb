"""Draw the grids of a list: find its items, draw around them, say what is wrong. Pure.

Joins `listing` (what was written), `listed_ground` (what it means) and the kernel's
`draw_from_list` (where the borders run).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage.from_list import Drawn, Terrain, draw_from_list
from geogrid.territory.listed_claims import Claims, Decisions, Position
from geogrid.territory.listed_findings import ListFinding, ListFindingKind
from geogrid.territory.listed_ground import Found, ListedGround, NamedShape
from geogrid.territory.listed_words import Remark
from geogrid.territory.listing import GridRow, Item, Listing
from layers.datum.shapes import Shape, listed
from layers.geocoding.normalise import normalise
from layers.intake.doors import Door

__all__ = ["ItemResult", "ListFinding", "ListFindingKind", "ListedPlan", "Town", "draw_listing"]

FREE = -1
SHOWN_DOORS = 6  # addresses a finding names; the rest is a number


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
class ItemResult:
    """What became of one item: `count` things it names, `there` of them in its grid."""

    position: Position
    item: Item
    found: Found
    count: int
    there: int

    @property
    def complete(self) -> bool:
        return bool(self.count) and self.there == self.count and not self.found.doubtful


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
    results : tuple of ItemResult
        In the order of the list.
    doors : mapping of int to int
        Door of the town -> the grid that lists it.
    rests : mapping of str to int
        Doors that came with the rest of a street.
    settled : tuple of (Position, Position)
        Items a person decided between: who has it, who not.
    ground : ListedGround
    """

    grids: tuple[GridRow, ...]
    drawn: Drawn
    communities: tuple[str, ...]
    items: int
    items_in_grid: int
    places: int
    places_in_grid: int
    findings: tuple[ListFinding, ...] = field(repr=False)
    results: tuple[ItemResult, ...] = field(repr=False)
    doors: Mapping[int, int] = field(repr=False)
    rests: Mapping[str, int] = field(repr=False)
    settled: tuple[tuple[Position, Position], ...] = field(repr=False)
    ground: ListedGround = field(repr=False)

    @property
    def share_of_items(self) -> float:
        """Items in their grid, of all that are listed."""
        return self.items_in_grid / self.items if self.items else 1.0

    @property
    def share_of_places(self) -> float:
        """Listed places in their grid, of all that were found."""
        return self.places_in_grid / self.places if self.places else 1.0


def draw_listing(
    listing: Listing,
    town: Town,
    *,
    pieces_allowed: Iterable[int] = (),
    decisions: Decisions | None = None,
) -> ListedPlan:
    """Draw the grids of a list.

    Parameters
    ----------
    listing : Listing
    town : Town
        The terrain's outline on the lattice.
    pieces_allowed : iterable of int
        Grids that may lie in several pieces (飞地).
    decisions : Decisions, optional
        What a person decided beside the words of the list.

    Returns
    -------
    ListedPlan
        Whatever the list says, its shapes tile the outline exactly.

    Raises
    ------
    ValueError
        When the outline is invalid or empty.
    """
    # 西岭村 as an entry is the village where there is one, not all of the community.
    taken = {place.name for place in town.places}
    whole = [one for one in town.communities if one.name not in taken]
    ground = ListedGround(town.doors, town.places, [*town.areas, *whole])
    decisions = decisions or Decisions()
    claims = Claims(listing, ground, decisions)
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
        spread=decisions.spread,
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
        items_in_grid=sum(1 for one in good if one.complete),
        places=sum(one.count for one in good),
        places_in_grid=sum(one.there for one in good),
        findings=tuple(findings),
        results=tuple(good),
        doors=claims.doors,
        rests=claims.rests,
        settled=tuple((claims.position[a], claims.position[b]) for a, b in sorted(claims.settled)),
        ground=ground,
    )


def _in_their_grid(claims: Claims, drawn: Drawn) -> list[ItemResult]:
    """For each item how much it names, and how much of that is in its grid."""
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
    for number, (grid, item, found) in enumerate(claims.items):
        homes = [at_door[at] for at in found.doors if (number, at) not in claims.left_out]
        homes += [at_place[at] for at in found.places]
        if found.spots:
            homes += grid_at(list(found.spots)).tolist()
        if not homes:
            homes = [at_area[at] for at in found.areas]
        there = sum(1 for home in homes if home == grid)
        result.append(ItemResult(claims.position[number], item, found, len(homes), there))
    return result


def _troubles(claims: Claims, drawn: Drawn) -> Iterator[ListFinding]:
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
            Remark(trouble.kind.value),
            trouble.where,
            trouble.area_m2,
            count=len(trouble.points),
        )


def _unlisted(claims: Claims, drawn: Drawn) -> Iterator[ListFinding]:
    """Addresses nobody lists, by street and by the grid around them."""
    ground = claims.ground
    doubtful = {at for _, _, found in claims.items for at in found.doubtful}
    left = [at for at in range(len(ground.doors)) if at not in claims.doors and at not in doubtful]
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
    for (street, grid), doors in groups.items():
        words = tuple(_some([ground.doors[at].text for at in doors]))
        where = shapely.MultiPoint([ground.doors[at].anchor for at in doors])
        grids = (grid,) if grid != FREE else ()
        yield ListFinding(
            ListFindingKind.UNLISTED,
            grids,
            words,
            Remark("unlisted"),
            where,
            street=street,
            count=len(doors),
        )


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
