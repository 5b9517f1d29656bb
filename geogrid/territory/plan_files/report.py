"""What an import read, mended and would change: as data, and as lines of text."""

from __future__ import annotations

from typing import Any

from geogrid.coverage.repair import Reason
from geogrid.territory.plan_files.proposal import Proposal

__all__ = ["lines", "report"]

SHOWN = 8
MOVED = {
    Reason.OVERLAP: "claimed by several, one keeps it",
    Reason.GAP: "gap, given to a neighbour",
    Reason.OUTSIDE: "outside of the area, cut off",
    Reason.DETACHED: "cut off from its grid, given to a neighbour",
    Reason.LEFT: "claimed, left unassigned as told",
}


def report(proposal: Proposal) -> dict[str, Any]:
    """Everything a dry run has to say, for programs."""
    file = proposal.file
    encoding = file.encoding
    return {
        "file": str(file.path),
        "format": file.kind,
        "layer": file.layer,
        "coordinates": file.coordinates,
        "encoding": None
        if encoding is None
        else {
            "name": encoding.name,
            "because": encoding.because,
            "samples": list(encoding.samples),
        },
        "fields": proposal.fields,
        "levels": {
            "how": proposal.levels.how,
            "grids": _by_level(proposal),
        },
        "exact": proposal.exact,
        "doubts": proposal.doubts,
        "notes": proposal.notes,
        "repair": _repair(proposal),
        "changes": _changes(proposal),
    }


def _by_level(proposal: Proposal) -> dict[str, int]:
    counts: dict[str, int] = {}
    for grid in proposal.grids:
        counts[str(grid.level)] = counts.get(str(grid.level), 0) + 1
    return counts


def _repair(proposal: Proposal) -> dict[str, Any] | None:
    mended = proposal.repair
    if mended is None:
        return None
    names = [grid.called for grid in proposal.repaired]
    return {
        "moved_m2": round(sum(move.area_m2 for move in mended.moves), 3),
        "unassigned": len(mended.unassigned),
        "moves": [
            {
                "why": str(move.reason),
                "area_m2": round(move.area_m2, 3),
                "from": [names[loser] for loser in move.losers],
                "to": None if move.winner is None else names[move.winner],
                "at": [round(x, 6) for x in move.shape.representative_point().coords[0]],
            }
            for move in mended.moves
        ],
        "findings": [
            {
                "key": one.key,
                "kind": str(one.sort),
                "area_m2": round(one.area_m2, 3),
                "options": list(one.options),
                "owner": one.owner,
                "chosen": one.chosen,
                "at": [round(x, 6) for x in one.where.representative_point().coords[0]]
                if not one.where.is_empty
                else None,
            }
            for one in proposal.findings
        ],
        "by_grid": [
            {"grid": name, "gained_m2": round(gained, 3), "lost_m2": round(lost, 3)}
            for name, gained, lost in zip(
                names, mended.gained_m2.tolist(), mended.lost_m2.tolist(), strict=True
            )
            if gained or lost
        ],
    }


def _changes(proposal: Proposal) -> dict[str, Any] | None:
    compared = proposal.comparison
    if compared is None or proposal.before is None:
        return None
    names = proposal.names_before
    return {
        "with_plan": proposal.before.number,
        "unchanged": len(compared.unchanged),
        "added": [names[lineage] for lineage in compared.added],
        "ended": [names[lineage] for lineage in compared.removed],
        "area_m2": round(compared.area_m2, 1),
        "dwellings": round(compared.weight),
        "hand_overs": [
            {
                "from": names.get(one.source, "") if one.source else None,
                "to": names.get(one.target, "") if one.target else None,
                "area_m2": round(one.area_m2, 1),
                "dwellings": round(one.weight),
            }
            for one in compared.hand_overs
        ],
    }


def lines(proposal: Proposal) -> list[str]:
    """The same for people, the longest lists cut; JSON has them whole."""
    told = report(proposal)
    text = [
        f"{told['file']}: {told['format']}, layer {told['layer']},"
        f" {len(proposal.file.shapes)} shapes",
        f"  coordinates: {told['coordinates']}",
    ]
    encoding = told["encoding"]
    if encoding is not None:
        text.append(f"  encoding: {encoding['name']}, {encoding['because']}")
        if encoding["samples"]:
            text.append(f"    reads: {'; '.join(encoding['samples'])}")
    fields = ", ".join(f"{meaning} = {column}" for meaning, column in told["fields"].items())
    text.append(f"  fields: {fields or 'none recognised'}")
    counts = ", ".join(f"{n} of level {level}" for level, n in told["levels"]["grids"].items())
    text.append(f"  levels ({told['levels']['how']}): {counts}")
    text += _section("Look at this first", proposal.doubts)
    text += _section("Notes", proposal.notes)
    text += _repair_lines(told["repair"])
    text += _change_lines(told["changes"])
    return text


def _section(title: str, sentences: list[str]) -> list[str]:
    if not sentences:
        return []
    rest = len(sentences) - SHOWN
    more = [f"  ... and {rest} more; --format json has them all"] if rest > 0 else []
    return ["", title, *(f"  {sentence}" for sentence in sentences[:SHOWN]), *more]


def _repair_lines(told: dict[str, Any] | None) -> list[str]:
    if told is None:
        return ["", "Exact: the grids tile the area as they are; nothing moves."]
    text = [
        "",
        f"Repaired: {told['moved_m2']:,.1f} m2 change hands in {len(told['moves'])} places,"
        f" {told['unassigned']} pieces of land stay unassigned.",
    ]
    sums: dict[str, tuple[int, float]] = {}
    for move in told["moves"]:
        count, area = sums.get(move["why"], (0, 0.0))
        sums[move["why"]] = (count + 1, area + move["area_m2"])
    text += [
        f"  {area:>12,.1f} m2 in {count:>5} places: {MOVED[Reason(why)]}"
        for why, (count, area) in sums.items()
    ]
    for move in told["moves"][:SHOWN]:
        text.append(
            f"  {move['area_m2']:>12,.1f} m2 at {move['at'][0]:.6f} {move['at'][1]:.6f}:"
            f" {', '.join(move['from']) or 'nobody'} -> {move['to'] or 'outside'} ({move['why']})"
        )
    return text


def _change_lines(told: dict[str, Any] | None) -> list[str]:
    if told is None:
        return ["", "No plan is in force yet to compare with."]
    text = [
        "",
        f"Compared with plan {told['with_plan']}: {told['unchanged']} grids unchanged,"
        f" {len(told['added'])} new, {len(told['ended'])} ended;"
        f" {told['area_m2']:,.0f} m2 and {told['dwellings']:,} dwellings change hands.",
    ]
    for one in told["hand_overs"][:SHOWN]:
        text.append(
            f"  {one['dwellings']:>6,} dwellings, {one['area_m2']:>12,.0f} m2:"
            f" {one['from'] or 'nobody'} -> {one['to'] or 'nobody'}"
        )
    return text
