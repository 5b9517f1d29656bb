"""What a person corrected in a list, step by step, and the list that comes of it. Pure.

The list itself is never changed: every correction is a step, the last one can be taken back. An
entry is known by a key made of its grid and its words, so that another choice of columns, or a
correction elsewhere, does not lose it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha1
from typing import Any

import shapely

from geogrid.territory.listed_claims import Decisions, Position
from geogrid.territory.listing import GridRow, Item, Listing, items_of
from layers.geocoding.normalise import normalise

__all__ = ["KINDS", "Corrected", "Entry", "corrected", "with_communities"]

# Kinds of steps -> what each brings along, beside its kind.
KINDS: Mapping[str, frozenset[str]] = {
    "text": frozenset({"entry", "text"}),  # read this instead
    "name": frozenset({"entry", "name"}),  # this name on the ground is meant
    "place": frozenset({"entry", "points"}),  # it stands here
    "doubles": frozenset({"entry", "points"}),  # of doors that exist twice these are meant
    "ignore": frozenset({"entry"}),
    "written": frozenset({"entry"}),  # as it was written
    "winner": frozenset({"entry", "over"}),  # of two entries the first has what both name
    "add": frozenset({"grid", "text"}),  # one more entry
    "rest": frozenset({"streets", "grid"}),  # every door of these that nobody lists
    "community": frozenset({"grid", "name"}),
    "pieces": frozenset({"grid", "reason"}),  # the grid may lie in several pieces
    "land": frozenset({"to"}),  # nobody's blocks: "nearest" or "unassigned"
    "columns": frozenset({"header", "columns"}),
    "base": frozenset({"plan"}),  # number of the plan whose communities are kept; 0: none
}
OF_ENTRY = {"text", "name", "place", "doubles", "ignore"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it is looked for now.

    `written` is what the list says, `at` its place among the items that are drawn (None where it is
    ignored); `touched` tells whether a person corrected it, `added` whether it is not in the list.
    """

    key: str
    grid: int
    item: Item
    written: str
    at: int | None
    touched: bool = False
    ignored: bool = False
    added: bool = False


@dataclass(frozen=True, slots=True)
class Corrected:
    """A list with all corrections in it.

    `keys` are the grids' keys in the order of the listing, `pieces` grid -> reason.
    """

    listing: Listing
    keys: tuple[str, ...]
    entries: tuple[Entry, ...]
    decisions: Decisions
    pieces: Mapping[int, str]


@dataclass(slots=True)
class _Answers:
    """The steps folded: the last answer about each thing."""

    entry: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    winners: dict[frozenset[str], tuple[str, str]] = field(default_factory=dict)
    added: list[tuple[str, str]] = field(default_factory=list)
    rests: dict[str, str] = field(default_factory=dict)
    community: dict[str, str] = field(default_factory=dict)
    pieces: dict[str, str] = field(default_factory=dict)
    spread: bool = True


def corrected(listing: Listing, steps: Sequence[Mapping[str, Any]]) -> Corrected:
    """Apply steps to a list as it was read; see `KINDS`. Steps about what is gone do nothing."""
    answers = _folded(steps)
    grid_keys = _keys(f"{row.code}|{row.name}" for row in listing.grids)
    rows: list[GridRow] = []
    entries: list[Entry] = []
    spots: dict[Position, tuple[shapely.Point, ...]] = {}
    doubles: dict[Position, tuple[shapely.Point, ...]] = {}
    for grid, row in enumerate(listing.grids):
        keys = _keys(f"{grid_keys[grid]}|{item.text}" for item in row.items)
        told = [
            (entry, False)
            for key, item in zip(keys, row.items, strict=True)
            for entry in _read(key, item, item.text, answers)
        ]
        for number, (key, text) in enumerate(answers.added):
            if key == grid_keys[grid]:
                root = f"{key}+{number}"
                for part, item in enumerate(items_of(text)):
                    told += [(one, True) for one in _read(f"{root}.{part}", item, text, answers)]
        kept: list[Item] = []
        for (key, item, written, step), added in told:
            ignored = step.get("kind") == "ignore"
            at = None if ignored else len(kept)
            touched = bool(step) or ("." in key and not added)
            entries.append(Entry(key, grid, item, written, at, touched, ignored, added))
            if at is None:
                continue
            kept.append(item)
            if step.get("kind") == "place":
                spots[grid, at] = _points(step)
            elif step.get("kind") == "doubles":
                doubles[grid, at] = _points(step)
        community = answers.community.get(grid_keys[grid], row.community)
        rows.append(replace(row, items=tuple(kept), community=community))
    where = {entry.key: (entry.grid, entry.at) for entry in entries if entry.at is not None}
    index = {key: grid for grid, key in enumerate(grid_keys)}
    decisions = Decisions(
        spots=spots,
        doubles=doubles,
        winners=frozenset(
            (where[one], where[other])
            for one, other in answers.winners.values()
            if one in where and other in where
        ),
        rests={street: index[key] for street, key in answers.rests.items() if key in index},
        spread=answers.spread,
    )
    pieces = {index[key]: why for key, why in answers.pieces.items() if key in index and why}
    return Corrected(
        Listing(tuple(rows), listing.columns), tuple(grid_keys), tuple(entries), decisions, pieces
    )


def with_communities(listing: Listing, known: Sequence[tuple[str, str]]) -> Listing:
    """Say of each grid without a community which one its code or its name tells.

    `known` are (code, name): 990101003007 lies below 990101003, 书院社区第7网格 in 书院社区.
    """

    def of(row: GridRow) -> str:
        if row.community:
            return row.community
        coded = [name for code, name in known if row.code.startswith(code) and row.code != code]
        if coded:
            return coded[0]
        folded = normalise(row.name)
        named = [name for _, name in known if name and folded.startswith(normalise(name))]
        return max(named, key=len, default="")

    rows = tuple(replace(row, community=of(row)) for row in listing.grids)
    return Listing(rows, listing.columns)


def _folded(steps: Sequence[Mapping[str, Any]]) -> _Answers:
    answers = _Answers()
    for step in steps:
        kind = step["kind"]
        if kind in OF_ENTRY:
            answers.entry[step["entry"]] = step
        elif kind == "written":
            root = re.split(r"\.", step["entry"])[0]
            for key in [k for k in answers.entry if k == root or k.startswith(f"{root}.")]:
                del answers.entry[key]
        elif kind == "winner":
            pair = (step["entry"], step["over"])
            answers.winners[frozenset(pair)] = pair
        elif kind == "add":
            answers.added.append((step["grid"], step["text"]))
        elif kind == "rest":
            answers.rests |= dict.fromkeys(step["streets"], step["grid"])
        elif kind == "community":
            answers.community[step["grid"]] = step["name"]
        elif kind == "pieces":
            answers.pieces[step["grid"]] = step["reason"]
        elif kind == "land":
            answers.spread = step["to"] == "nearest"
    return answers


def _read(
    key: str, item: Item, written: str, answers: _Answers
) -> Iterable[tuple[str, Item, str, Mapping[str, Any]]]:
    """An entry, or those its new text is read as; with the step that decides about each."""
    step = answers.entry.get(key, {})
    if step.get("kind") == "text":
        for at, part in enumerate(items_of(step["text"])):
            yield from _read(f"{key}.{at}", part, written, answers)
        return
    if step.get("kind") == "name":
        named = step["name"]
        shown = item.text.replace(item.name, named, 1) if item.name in item.text else named
        item = replace(item, name=named, text=shown)
    yield key, item, written, step


def _keys(words: Iterable[str]) -> list[str]:
    """A short key for each; the second of the same words has another one."""
    seen: Counter[str] = Counter()
    keys = []
    for word in words:
        digest = sha1(word.encode(), usedforsecurity=False).hexdigest()[:10]
        keys.append(f"{digest}-{seen[digest]}" if seen[digest] else digest)
        seen[digest] += 1
    return keys


def _points(step: Mapping[str, Any]) -> tuple[shapely.Point, ...]:
    return tuple(shapely.Point(lon, lat) for lon, lat in step["points"])
