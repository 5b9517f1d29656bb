"""The report of a drawn list in the reader's words, as the templates want it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from geogrid.desks.planner.from_list.steps import COLUMN_KINDS
from geogrid.desks.planner.from_list.work import Work
from geogrid.territory.listed_words import FINDINGS, Remark
from geogrid.territory.listing import UnreadableTable
from geogrid.territory.models import Plan
from layers.intake.errors import IntakeError

__all__ = ["shown"]

SAMPLE_ROWS = 6
SHOWN_AT_ONCE = 1500  # entries; of a longer list those of one grid at a time
MOST_TO_DO = 60
COLUMNS = {
    "code": gettext_lazy("Code of the grid"),
    "grid": gettext_lazy("Name of the grid"),
    "community": gettext_lazy("Community"),
    "items": gettext_lazy("What belongs to it"),
    "place": gettext_lazy("Compound or street"),
    "numbers": gettext_lazy("Numbers"),
    "side": gettext_lazy("Odd or even"),
}
HOW = {
    "whole": gettext_lazy("all of it"),
    "range": gettext_lazy("by range"),
    "number": gettext_lazy("by number"),
    "plate": gettext_lazy("exactly"),
    "place": gettext_lazy("a named place"),
    "outline": gettext_lazy("a named outline"),
    "spot": gettext_lazy("put on the map by hand"),
}
STATES = {
    "good": gettext_lazy("found"),
    "part": gettext_lazy("partly elsewhere"),
    "lost": gettext_lazy("not found"),
    "several": gettext_lazy("could be several"),
    "ignored": gettext_lazy("left out"),
}


def shown(work: Work, asked: Mapping[str, str]) -> dict[str, Any]:
    """What the page shows. The columns are shown even where the table cannot be read."""
    told = _columns(work) | {"bases": _bases(work), "steps": work.steps}
    if work.readable:
        return told
    report = work.report()
    names = [grid["name"] for grid in report["grids"]]
    opened = asked.get("grid", "")
    grids = [
        grid
        | {
            "number": at,
            "opened": opened == str(at),
            "entries": [_entry(e) for e in grid["entries"]],
        }
        for at, grid in enumerate(report["grids"])
    ]
    edit = asked.get("edit", "")
    todo = [
        entry | {"grid": grid}
        for grid in grids
        for entry in grid["entries"]
        if entry["state"] in ("lost", "several") or entry["key"] == edit
    ]
    todo.sort(key=lambda entry: entry["key"] != edit)
    return told | {
        "summary": report["summary"],
        "share": _share(report["summary"]),
        "grids": grids,
        "few": report["summary"]["entries"] <= SHOWN_AT_ONCE,
        "todo": todo[:MOST_TO_DO],
        "todo_more": max(len(todo) - MOST_TO_DO, 0),
        "edit": edit,
        "conflicts": [_pair(pair, grids) for pair in report["conflicts"]],
        "decided": [_pair(pair, grids) for pair in report["decided"]],
        "unlisted": [
            one | {"around": [names[at] for at in dict.fromkeys(one["grids"]) if at >= 0]}
            for one in report["unlisted"]
        ],
        "rests": [one | {"name": names[one["grid"]]} for one in report["rests"]],
        "troubles": [_trouble(one, names) for one in report["troubles"]],
        "spread": report["spread"],
        "communities": [unit.named.name for unit in work.units],
        "last": _last(work, grids),
    }


def _entry(entry: dict[str, Any]) -> dict[str, Any]:
    note = entry.get("note")
    return entry | {
        "note": str(Remark(note["code"], note["data"])) if note else "",
        "state_word": STATES[entry["state"]],
        "how_word": HOW.get(entry.get("how", ""), ""),
        "box": ",".join(map(str, entry["where"])) if entry.get("where") else "",
        "elsewhere": entry["count"] - entry["there"],
    }


def _pair(pair: dict[str, Any], grids: list[dict[str, Any]]) -> dict[str, Any]:
    sides = [
        {"entry": entry, "text": text, "grid": grids[grid], "over": other}
        for entry, text, grid, other in zip(
            pair["entries"], pair["texts"], pair["grids"], reversed(pair["entries"]), strict=True
        )
    ]
    box = ",".join(map(str, pair["where"])) if pair.get("where") else ""
    return pair | {"sides": sides, "box": box}


def _trouble(one: dict[str, Any], names: list[str]) -> dict[str, Any]:
    note = one["note"]
    return one | {
        "title": FINDINGS[one["kind"]],
        "names": [names[at] for at in one["grids"]],
        "note": str(Remark(note["code"], note["data"])) if note else "",
        "box": ",".join(map(str, one["where"])) if one["where"] else "",
    }


def _share(summary: dict[str, int]) -> int:
    return 100 * (summary["good"] + summary["part"]) // max(summary["entries"], 1)


def _columns(work: Work) -> dict[str, Any]:
    """The first rows of the table, and what each column is read as."""
    try:
        table = work.table
    except IntakeError:
        return {}
    try:
        header, columns = work.columns
    except UnreadableTable:
        header, columns = -1, []
    read = {at: kind for kind, places in columns for at in places}
    rows = table[header + 1 : header + 1 + SAMPLE_ROWS]
    width = max((len(row) for row in [*table[:20], *rows]), default=0)
    first = table[header] if 0 <= header < len(table) else []
    return {
        "header": header,
        "columns": [
            {
                "at": at,
                "title": first[at] if at < len(first) else "",
                "kind": read.get(at, ""),
                "cells": [row[at][:60] if at < len(row) else "" for row in rows],
            }
            for at in range(min(width, 40))
        ],
        "sample": [row[:40] for row in rows],
        "kinds": [(kind, COLUMNS[kind]) for kind in COLUMN_KINDS],
        "headers": [
            (at, " · ".join(cell for cell in row if cell)[:80])
            for at, row in enumerate(table[:12])
            if any(row)
        ],
    }


def _bases(work: Work) -> list[tuple[int, str, bool]]:
    """The plans whose communities a draft may keep, and none."""
    chosen = work.base.number if work.base else 0
    plans = Plan.objects.filter(scheme=work.scheme).exclude(state=Plan.State.WITHDRAWN)
    running = set(Plan.objects.in_force(work.at).filter(scheme=work.scheme).values_list("pk"))
    told = []
    for plan in plans.defer("outline").order_by("-number")[:20]:
        word = _("Plan %(number)s") % {"number": plan.number}
        word = f"{word} · {plan.name}" if plan.name else word
        state = _("in force now") if (plan.pk,) in running else str(plan.get_state_display())
        told.append((plan.number, f"{word} ({state})", plan.number == chosen))
    told.append((0, _("No plan: communities as the list names them"), chosen == 0))
    return told


def _last(work: Work, grids: list[dict[str, Any]]) -> str:
    """What the latest correction did, in a sentence."""
    steps = work.steps
    if not steps:
        return ""
    step = steps[-1]
    key = step.get("entry", "")
    entries = [
        entry
        for grid in grids
        for entry in grid["entries"]
        if key and (entry["key"] == key or entry["key"].startswith(f"{key}."))
    ]
    if entries and step["kind"] != "winner":
        said = [
            ngettext(
                "%(text)s: %(state)s, %(count)s place.",
                "%(text)s: %(state)s, %(count)s places.",
                entry["count"],
            )
            % {"text": entry["text"], "state": entry["state_word"], "count": entry["count"]}
            for entry in entries[:3]
        ]
        return " ".join(said)
    if step["kind"] == "rest":
        names = {grid["key"]: grid["name"] for grid in grids}
        name = names.get(step["grid"], "")
        streets = ", ".join(step["streets"][:3])
        return _("What nobody lists of %(streets)s goes to %(grid)s.") % {
            "streets": streets if len(step["streets"]) < 4 else f"{streets} …",
            "grid": name,
        }
    return str(DONE.get(step["kind"], gettext_lazy("Corrected.")))


DONE = {
    "winner": gettext_lazy("Decided: what both name belongs to one grid now."),
    "add": gettext_lazy("The entry is added."),
    "land": gettext_lazy("Land that nobody lists is decided about."),
    "columns": gettext_lazy("The columns are read as chosen."),
    "base": gettext_lazy("The communities are kept as chosen."),
    "pieces": gettext_lazy("The grid may lie in several pieces."),
    "community": gettext_lazy("The community of the grid is chosen."),
}
