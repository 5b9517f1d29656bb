"""Everything the review page says, out of a reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from geogrid.accounts.models import User
from geogrid.accounts.rules import Permission, may
from geogrid.desks.map_config import map_config
from geogrid.desks.planner.from_file.forms import MEANINGS, AcceptForm, ReadingForm
from geogrid.desks.planner.from_file.problems import Way, doubts_of, ways_of
from geogrid.desks.planner.from_file.reading import Reading
from geogrid.desks.planner.from_file.shown import map_of, shown
from geogrid.territory.models import Scheme
from geogrid.territory.plan_files.proposal import Proposal

__all__ = ["accept_form", "context_of"]

PREVIEW = 4  # rows of the file
HANDED = 12  # hand-overs
NAMED = 30  # new and ended grids


@dataclass(frozen=True, slots=True)
class Changes:
    """Against the plan in force; lists are cut, counts are whole."""

    number: int
    kept: int
    moved: int
    added: list[str]
    added_count: int
    ended: list[str]
    ended_count: int
    area_m2: float
    dwellings: int
    hand_overs: list[dict[str, Any]]
    hand_over_count: int


def context_of(
    reading: Reading,
    scheme: Scheme,
    *,
    by: User,
    reading_form: ReadingForm | None = None,
    accepting: AcceptForm | None = None,
) -> dict[str, Any]:
    told = shown(reading)
    proposal, file = reading.proposal, reading.file
    config = map_config(scheme.area)
    return {
        "area": scheme.area,
        "scheme": scheme,
        "upload": reading.upload,
        "reading": reading,
        "file": file,
        "proposal": proposal,
        "told": told,
        "doubts": doubts_of(reading),
        "ways": _ways(reading),
        "form": reading_form or ReadingForm(None, reading=reading),
        "accepting": accepting or accept_form(reading),
        "preview": _preview(reading),
        "notes": _notes(reading),
        "changes": _changes(proposal),
        "may_move": may(by, Permission.APPROVE, scheme=scheme),
        "leaves": len(proposal.leaves) if proposal else 0,
        "findings_data": map_of(reading, told),
        "map_config": config,
        "tab": "drafts",
    }


def accept_form(reading: Reading, data: Any = None) -> AcceptForm:
    proposal = reading.proposal
    return AcceptForm(
        data,
        doubted=bool(doubts_of(reading)),
        moved=bool(proposal and proposal.moved),
        islands=shown(reading).islands,
    )


def _ways(reading: Reading) -> list[Way]:
    return ways_of(reading) if reading.problem is not None else []


def _preview(reading: Reading) -> dict[str, Any] | None:
    """The first rows of the file under what their columns were taken for."""
    file, proposal = reading.file, reading.proposal
    if file is None or proposal is None or not proposal.fields:
        return None
    columns = list(proposal.fields.items())
    return {
        "heads": [(MEANINGS[meaning], column) for meaning, column in columns],
        "rows": [
            ["" if (value := file.columns[column][row]) is None else value for _, column in columns]
            for row in range(min(PREVIEW, len(file.shapes)))
        ],
    }


def _notes(reading: Reading) -> list[str]:
    proposal = reading.proposal
    if proposal is None:
        return list(reading.file.notes) if reading.file is not None else []
    return proposal.file_notes


def _changes(proposal: Proposal | None) -> Changes | None:
    if proposal is None or proposal.comparison is None or proposal.before is None:
        return None
    compared, names = proposal.comparison, proposal.names_before
    leaves = {grid.lineage for grid in proposal.leaves}
    before = len(leaves) - len(compared.added)
    hands = [
        {
            "source": names.get(one.source, "") if one.source else "",
            "target": names.get(one.target, "") if one.target else "",
            "area_m2": one.area_m2,
            "dwellings": round(one.weight),
        }
        for one in compared.hand_overs
    ]
    return Changes(
        number=proposal.before.number,
        kept=len(compared.unchanged),
        moved=before - len(compared.unchanged),
        added=[names[one] for one in compared.added][:NAMED],
        added_count=len(compared.added),
        ended=[names[one] for one in compared.removed][:NAMED],
        ended_count=len(compared.removed),
        area_m2=compared.area_m2,
        dwellings=round(compared.weight),
        hand_overs=hands[:HANDED],
        hand_over_count=len(hands),
    )
