"""A posted form becomes a step of correction, or a sentence why it does not."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from geogrid.territory.listed_corrections import KINDS
from geogrid.territory.listing import items_of

__all__ = ["COLUMN_KINDS", "NoStep", "step_of"]

COLUMN_KINDS = ("code", "grid", "community", "items", "place", "numbers", "side")
LONGEST = 2000
MOST_POINTS = 50
MOST_STREETS = 500
MAY_BE_EMPTY = {("pieces", "reason"), ("community", "name")}


class NoStep(ValueError):
    """What was sent is no correction; the message says what is missing."""


def step_of(sent: QueryDict) -> dict[str, Any]:
    """The step that a form asks for.

    Raises NoStep with a sentence.
    """
    kind = sent.get("kind", "")
    if kind not in KINDS:
        raise NoStep(_("Nothing was chosen."))
    step: dict[str, Any] = {"kind": kind}
    for name in sorted(KINDS[kind] - {"points", "header", "columns", "plan", "streets"}):
        step[name] = sent.get(name, "").replace("\x00", "").strip()[:LONGEST]
        if not step[name] and (kind, name) not in MAY_BE_EMPTY:
            raise NoStep(_("Something is missing: say what is meant, then send it again."))
    if kind in ("text", "add") and not items_of(step["text"]):
        raise NoStep(_("Write what belongs to the grid, such as: Main Street 1-99 odd."))
    if kind in ("place", "doubles"):
        step["points"] = list(_points(sent))[:MOST_POINTS]
        if not step["points"]:
            raise NoStep(
                _("Give the place as longitude, latitude in degrees, such as 104.3512, 38.5467.")
            )
    if kind == "rest":
        step["streets"] = [name[:200] for name in sent.getlist("street") if name][:MOST_STREETS]
        if not step["streets"]:
            raise NoStep(_("Choose at least one street or compound."))
    if kind == "land" and step["to"] not in ("nearest", "unassigned"):
        raise NoStep(_("Nothing was chosen."))
    if kind == "base":
        number = sent.get("plan", "")
        step["plan"] = int(number) if number.isdecimal() and len(number) < 9 else 0
    if kind == "columns":
        step |= _columns(sent)
    return step


def _points(sent: QueryDict) -> Iterator[list[float]]:
    for value in sent.getlist("points"):
        # As people and other programs write it: with a comma, in Chinese too, or blanks.
        parts = value.replace("，", ",").replace(",", " ").split()
        try:
            lon, lat = (round(float(part), 7) for part in parts)
        except ValueError:
            continue
        if math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90:
            yield [lon, lat]


def _columns(sent: QueryDict) -> dict[str, Any]:
    """`column-0=grid`, `column-2=items` ..., and `header`: the titles' row or -1."""
    header = sent.get("header", "-1").lstrip("-")
    if not header.isdecimal() or len(header) > 4:
        raise NoStep(_("Nothing was chosen."))
    row = -1 if sent.get("header", "-1").startswith("-") else int(header)
    chosen: dict[str, list[int]] = {}
    for name, kind in sent.items():
        at = name.removeprefix("column-")
        if name.startswith("column-") and at.isdecimal() and len(at) < 4 and kind in COLUMN_KINDS:
            chosen.setdefault(str(kind), []).append(int(at))
    if not chosen.keys() & {"code", "grid"} or not chosen.keys() & {"items", "place", "numbers"}:
        raise NoStep(_("Choose a column that names the grid and one that says what belongs to it."))
    return {"header": row, "columns": sorted((k, sorted(v)) for k, v in chosen.items())}
