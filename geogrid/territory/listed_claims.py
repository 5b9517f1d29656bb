"""Who claims what: every item of a list looked for, every door given to one grid. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import shapely

from geogrid.territory.listed_findings import ListFinding, ListFindingKind
from geogrid.territory.listed_ground import Exactness, Found, ListedGround, NamedShape
from geogrid.territory.listed_words import Remark
from geogrid.territory.listing import Item, Listing
from layers.datum.shapes import Shape

__all__ = ["Claims", "Decisions", "Position"]

Position = tuple[int, int]  # (grid, item of the grid)


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a person decided about the items of a list, beside its words.

    Attributes
    ----------
    spots : mapping of Position to points
        Where an item stands; then its words are not looked for.
    doubles : mapping of Position to points
        Of doors that exist twice, those that are meant (their anchors).
    winners : frozenset of (Position, Position)
        Where two items name one door: the first has it, not the second.
    rests : mapping of str to int
        Street or compound -> the grid that gets every door of it nobody lists.
    spread : bool
        Whether blocks on which nobody lists anything join the nearest grid; else they stay
        unassigned.
    """

    spots: Mapping[Position, tuple[Shape, ...]] = field(default_factory=dict)
    doubles: Mapping[Position, tuple[Shape, ...]] = field(default_factory=dict)
    winners: frozenset[tuple[Position, Position]] = frozenset()
    rests: Mapping[str, int] = field(default_factory=dict)
    spread: bool = True


class Claims:
    """Who claims what.

    `items` are (grid, item, found), `position` where each stands in the list; `doors` door -> grid
    in ascending order of doors; `places` and `areas` (grid, shape), `place_names` what the places
    are called. `left_out` are (item, door) that another grid lists by its very plate, or that a
    person gave to another one. `settled` are the pairs of items a person decided between.
    """

    def __init__(self, listing: Listing, ground: ListedGround, decisions: Decisions) -> None:
        self.ground = ground
        self.decisions = decisions
        self.findings: list[ListFinding] = []
        self.items: list[tuple[int, Item, Found]] = []
        self.position: list[Position] = []
        for grid, row in enumerate(listing.grids):
            for at, item in enumerate(row.items):
                self.items.append((grid, item, self._found((grid, at), item, row.community)))
                self.position.append((grid, at))
        for number in range(len(self.items)):
            self._tell(number)
        self.claimed: dict[int, list[tuple[Exactness, int]]] = {}
        for number, (_, _, found) in enumerate(self.items):
            for door, exactness in found.doors.items():
                self.claimed.setdefault(door, []).append((exactness, number))
        self.left_out: set[tuple[int, int]] = set()
        self.settled: set[tuple[int, int]] = set()
        self.doors = self._settled_doors()
        self.rests = self._rests()
        self.places = self._once("places")
        self.areas = self._once("areas")
        self.place_names = [ground.places[at].name for at in self._taken("places")]
        for grid, item, found in self.items:
            self.places += [(grid, spot) for spot in found.spots]
            self.place_names += [item.text] * len(found.spots)

    def _found(self, where: Position, item: Item, community: str) -> Found:
        spots = self.decisions.spots.get(where)
        if spots:
            return Found(spots=tuple(spots))
        found = self.ground.find(item, community)
        chosen = self.decisions.doubles.get(where)
        if not chosen or not found.doubtful:
            return found
        anchors = {point.coords[0] for point in chosen}
        meant = {
            at: Exactness.PLATE
            for at in found.doubtful
            if self.ground.doors[at].anchor.coords[0] in anchors
        }
        if not meant:
            return found
        return replace(found, doors=found.doors | meant, doubtful=(), note=Remark())

    def _tell(self, number: int) -> None:
        grid, item, found = self.items[number]
        if found and not found.doubtful:
            return
        several = found.note.code in ("several_names", "several_places")
        ambiguous = found.known and (found.doubtful or several)
        kind = ListFindingKind.AMBIGUOUS if ambiguous else ListFindingKind.NOT_FOUND
        where = shapely.MultiPoint([self.ground.doors[at].anchor for at in found.doubtful])
        self.findings.append(
            ListFinding(
                kind, (grid,), (item.text,), found.note, where, entries=(self.position[number],)
            )
        )

    def _settled_doors(self) -> dict[int, int]:
        """Door -> grid: as decided, else the most exact claim, then the first."""
        result: dict[int, int] = {}
        quarrels: dict[tuple[int, int], list[int]] = {}
        for door in sorted(self.claimed):
            claims = sorted(self.claimed[door], key=lambda claim: (-claim[0], claim[1]))
            exactness, first = claims[0]
            for other_exactness, other in claims[1:]:
                if self._beats(other, first):
                    exactness, first = other_exactness, other
            result[door] = self.items[first][0]
            for other_exactness, other in claims:
                if self.items[other][0] == result[door]:
                    continue
                if self._beats(first, other):
                    self.left_out.add((other, door))
                    self.settled.add((first, other))
                elif (exactness, other_exactness) == (Exactness.PLATE, Exactness.NUMBER):
                    self.left_out.add((other, door))  # 5号 here, 5号附1 there: no quarrel
                else:
                    quarrels.setdefault((first, other), []).append(door)
        for (first, other), doors in quarrels.items():
            self._listed_twice(first, other, [self.ground.doors[at].anchor for at in doors])
        return result

    def _beats(self, one: int, other: int) -> bool:
        return (self.position[one], self.position[other]) in self.decisions.winners

    def _rests(self) -> dict[str, int]:
        """Give what nobody lists of a street to the grid it was given to; count the doors."""
        counts: dict[str, int] = {}
        doubtful = {at for _, _, found in self.items for at in found.doubtful}
        for street, grid in self.decisions.rests.items():
            left = [
                at
                for at in self.ground.doors_named(street)
                if at not in self.claimed and at not in doubtful
            ]
            counts[street] = len(left)
            self.doors |= dict.fromkeys(left, grid)
        self.doors = dict(sorted(self.doors.items()))
        return counts

    def _once(self, what: str) -> list[tuple[int, Shape]]:
        """(grid, shape) of named places or outlines; the first who lists one has it."""
        known = self._known(what)
        taken = self._taken(what)
        for number, (grid, _, found) in enumerate(self.items):
            for at in getattr(found, what):
                first = taken[at]
                if self.items[first][0] == grid:
                    continue
                if self._beats(first, number):
                    self.settled.add((first, number))
                else:
                    point = shapely.point_on_surface(known[at].shape)
                    self._listed_twice(first, number, [point])
        return [(self.items[number][0], known[at].shape) for at, number in taken.items()]

    def _known(self, what: str) -> Sequence[NamedShape]:
        return self.ground.places if what == "places" else self.ground.areas

    def _taken(self, what: str) -> dict[int, int]:
        """Index of each listed place or outline -> the item that has it."""
        taken: dict[int, int] = {}
        for number, (_, _, found) in enumerate(self.items):
            for at in getattr(found, what):
                if at not in taken or self._beats(number, taken[at]):
                    taken[at] = number
        return taken

    def _listed_twice(self, first: int, other: int, points: list[shapely.Point]) -> None:
        (one, item, _), (two, second, _) = self.items[first], self.items[other]
        self.findings.append(
            ListFinding(
                ListFindingKind.LISTED_TWICE,
                (one, two),
                (item.text, second.text),
                Remark("listed_twice", {"count": len(points)}),
                shapely.MultiPoint(points),
                entries=(self.position[first], self.position[other]),
                count=len(points),
            )
        )
