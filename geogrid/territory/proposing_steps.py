"""From how the blocks lie to how they should: steps in an order in which each can be carried out.

A step gives a connected set of blocks to one grid and is tried on a sketch with the very kernel
that will carry it out, so what is proposed lands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from numpy.typing import NDArray

from geogrid.coverage import edits
from geogrid.coverage.aim import Aim
from geogrid.coverage.change import ANY_KEY, Change, Refused
from geogrid.coverage.cutting import connected
from geogrid.territory.commands import Claim, CutOut, EditCommand, Merge, Rebalance
from geogrid.territory.models import Grid
from geogrid.territory.proposing_atoms import Atoms
from geogrid.territory.sketching import Sketch
from layers.datum.shapes import Shape

__all__ = ["NEW", "Step", "Walk"]

NEW = -1  # a block that becomes part of a new grid has -1, -2 ... as its grid


@dataclass(frozen=True, slots=True)
class Step:
    """One command with what it changes.

    `loads` are the homes of the grids it touches afterwards, None for a grid that ends by it; a
    grid that the step makes has no lineage yet and is not among them (`made` tells its homes).
    """

    verb: str
    arguments: Mapping[str, Any]
    area: Shape
    sources: tuple[UUID, ...]
    target: UUID | None
    blocks: int
    homes: int
    buildings: int
    loads: Mapping[UUID, int | None]
    made: int | None
    streets: list[str]
    addresses: list[str]


@dataclass(slots=True)
class Walk:
    """Blocks on their way from the grids they are in (`now`, window keys) to `wanted`."""

    sketch: Sketch
    atoms: Atoms
    now: list[int]
    wanted: list[int]
    aim: Aim
    near: list[list[tuple[int, float]]]
    steps: list[Step] = field(default_factory=list)

    def go(self) -> list[Step]:
        """Carry out what can be; what the kernel refuses in any order stays where it was."""
        pending = self._clusters()
        while pending:
            pending.sort(key=self._gain, reverse=True)
            for cluster in pending:
                if self._carried_out(cluster):
                    pending.remove(cluster)
                    break
            else:
                self._exchange(pending)
                break
        return self.steps

    def _clusters(self) -> list[list[int]]:
        """Connected blocks that have the same way to go; those of a new grid together."""
        found: list[list[int]] = []
        taken: set[int] = set()
        for block, (now, wanted) in enumerate(zip(self.now, self.wanted, strict=True)):
            if now == wanted or block in taken:
                continue
            members, edge = [block], [block]
            taken.add(block)
            while edge:
                for other, _ in self.near[edge.pop()]:
                    same = self.wanted[other] == wanted and (
                        wanted <= NEW or self.now[other] == now
                    )
                    if same and self.now[other] != wanted and other not in taken:
                        taken.add(other)
                        members.append(other)
                        edge.append(other)
            found.append(sorted(members))
        return found

    def _gain(self, cluster: list[int]) -> tuple[bool, float, int]:
        """New grids first; then what helps the two grids' loads most."""
        target = self.wanted[cluster[0]]
        if target <= NEW:
            return True, 0.0, -cluster[0]
        weight = float(self.atoms.weight[cluster].sum())
        source = self.now[cluster[0]]
        before, penalty = self._loads(), self.aim.penalty
        gain = penalty(before.get(source, 0)) - penalty(before.get(source, 0) - weight)
        gain += penalty(before.get(target, 0)) - penalty(before.get(target, 0) + weight)
        return False, gain, -cluster[0]

    def _loads(self) -> dict[int, float]:
        keys, index = np.unique(np.array(self.now), return_inverse=True)
        sums = np.bincount(index, weights=self.atoms.weight)
        return dict(zip(keys.tolist(), sums.tolist(), strict=True))

    def _carried_out(self, cluster: list[int]) -> bool:
        target = self.wanted[cluster[0]]
        members = set(cluster)
        sources = {self.now[block] for block in cluster}
        ends = set()
        for source in sources:
            rest = {block for block, grid in enumerate(self.now) if grid == source} - members
            if not rest:
                ends.add(source)
            elif not connected(rest, self.near):
                return False
        if target > NEW and not any(
            self.now[other] == target for block in cluster for other, _ in self.near[block]
        ):
            return False
        area = shapely.coverage_union_all(self.atoms.faces[cluster])
        try:
            change, command = self._change(area, target, sources, ends)
        except Refused:
            return False
        self._record(cluster, area, target, sources, ends, change, command)
        return True

    def _change(
        self, area: Shape, target: int, sources: set[int], ends: set[int]
    ) -> tuple[Change, EditCommand]:
        allowed = self.sketch.pieces_allowed()
        lineages = tuple(self.sketch.states[key].lineage for key in sorted(sources))
        if ends:
            if ends != sources or target <= NEW:
                raise Refused(edits.Code.VANISHES, area, tuple(ends))
            merged = Merge(
                target=self.sketch.states[target].lineage, others=lineages, base_revision=0
            )
            return edits.merge(self.sketch, target, ends, pieces_allowed=allowed), merged
        if target <= NEW:
            cut_out = CutOut(area=_land(area), kind=Grid.Kind.BASIC, base_revision=0)
            return edits.claim(self.sketch, NEW, area, pieces_allowed=allowed), cut_out
        claimed = Claim(
            target=self.sketch.states[target].lineage,
            area=_land(area),
            sources=lineages,
            base_revision=0,
        )
        change = edits.claim(self.sketch, target, area, sources=sources, pieces_allowed=allowed)
        return change, claimed

    def _record(
        self,
        cluster: list[int],
        area: Shape,
        target: int,
        sources: set[int],
        ends: set[int],
        change: Change,
        command: EditCommand,
    ) -> None:
        lineage_of = {
            key: self.sketch.states[key].lineage for key in {*sources, target} if key >= 0
        }
        made = self.sketch.apply(change)
        goes_to = next(iter(made.values())) if target <= NEW else target
        for block, wanted in enumerate(self.wanted):
            if wanted == target:
                self.wanted[block] = goes_to
        for block in cluster:
            self.now[block] = goes_to
        loads = self._loads()
        told = {
            lineage: None if key in ends else round(loads.get(key, 0))
            for key, lineage in lineage_of.items()
        }
        self.steps.append(
            self._step(
                cluster,
                area,
                command,
                tuple(lineage_of[key] for key in sorted(sources)),
                lineage_of.get(target),
                told,
                round(loads[goes_to]) if target <= NEW else None,
            )
        )

    def _step(
        self,
        cluster: list[int],
        area: Shape,
        command: EditCommand,
        sources: tuple[UUID, ...],
        target: UUID | None,
        loads: Mapping[UUID, int | None],
        made: int | None,
    ) -> Step:
        buildings, addresses = self.atoms.buildings_in(cluster)
        return Step(
            verb=str(command.verb),
            arguments=command.arguments(),
            area=area,
            sources=sources,
            target=target,
            blocks=len(cluster),
            homes=round(float(self.atoms.weight[cluster].sum())),
            buildings=buildings,
            loads=loads,
            made=made,
            streets=self.atoms.streets_beside(area),
            addresses=addresses,
        )

    def _exchange(self, pending: list[list[int]]) -> None:
        """What can only be done at once: each step would leave a grid in pieces. Or not at all."""
        plain = [cluster for cluster in pending if self.wanted[cluster[0]] > NEW]
        if len(plain) < 2:
            return
        trial = self.sketch.twin()
        trial.changed = set()
        touched = set()
        for cluster in plain:
            target, source = self.wanted[cluster[0]], self.now[cluster[0]]
            touched |= {target, source}
            area = shapely.coverage_union_all(self.atoms.faces[cluster])
            try:
                trial.apply(
                    edits.claim(trial, target, area, sources={source}, pieces_allowed=ANY_KEY)
                )
            except Refused:
                return
        shapes = trial.shapes()
        keys = {self.sketch.keys[lineage]: shape for lineage, shape in shapes.items()}
        if len(trial.changed) > len(shapes):  # a grid that an earlier step makes is among them
            return
        try:
            change = edits.replace(self.sketch, keys, pieces_allowed=self.sketch.pieces_allowed())
        except Refused:
            return
        states = self.sketch.states
        sources = tuple(states[key].lineage for key in sorted(touched))
        self.sketch.apply(change)
        moved = [block for cluster in plain for block in cluster]
        for block in moved:
            self.now[block] = self.wanted[block]
        loads = self._loads()
        area = shapely.coverage_union_all(self.atoms.faces[moved])
        command = Rebalance(
            shapes={one: _land(shape) for one, shape in shapes.items()}, base_revision=0
        )
        told: dict[UUID, int | None] = {
            states[key].lineage: round(loads.get(key, 0)) for key in touched
        }
        self.steps.append(self._step(moved, area, command, sources, None, told, None))


def _land(shape: Shape) -> shapely.Polygon | shapely.MultiPolygon:
    assert isinstance(shape, shapely.Polygon | shapely.MultiPolygon)  # noqa: S101
    return shape


def started(grid: NDArray[np.int64], keys: list[int]) -> list[int]:
    """The window key of the grid each block lies in."""
    return [keys[index] for index in grid.tolist()]
