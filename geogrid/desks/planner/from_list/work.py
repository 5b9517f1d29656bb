"""A list somebody works on: its file, what they answered, and what is drawn of both.

The drawing takes a second or two, so what the page needs of it waits in `Upload.report` until an
answer, the ground or the base plan changes. Sentences are made when the page is shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from geogrid.desks.planner.from_list.report import report_of
from geogrid.territory.listed_corrections import Corrected, corrected, with_communities
from geogrid.territory.listed_draft import ListSource, write_listed
from geogrid.territory.listed_plan import ListedPlan, draw_listing
from geogrid.territory.listed_town import CommunityUnit, ground_state, ground_town, units_above
from geogrid.territory.listing import UnreadableTable, cells_of, read_listing
from geogrid.territory.listing_file import read_rows
from geogrid.territory.listing_text import guessed_columns
from geogrid.territory.models import AreaBoundary, Plan, Scheme
from layers.intake import staging
from layers.intake.errors import IntakeError
from layers.intake.models import Upload

__all__ = ["PASTED", "PURPOSE", "Columns", "Work"]

PURPOSE = "plan-list"
PASTED = "pasted.txt"
Columns = tuple[int, list[tuple[str, list[int]]]]


@dataclass
class Work:
    """One list on its way to a draft. What reads the file or draws is done once, when asked for."""

    upload: Upload
    scheme: Scheme
    at: datetime

    @property
    def steps(self) -> list[dict[str, Any]]:
        return list(self.upload.answers.get("steps", []))

    @property
    def pasted(self) -> bool:
        return self.upload.name == PASTED

    @cached_property
    def table(self) -> list[list[str]]:
        """All cells. Raises IntakeError."""
        path = Path(self.upload.file.path)
        return cells_of(read_rows(path, name=self.upload.name))

    @cached_property
    def columns(self) -> Columns:
        """The header's row, and what each column holds: as told, else as guessed.

        Raises UnreadableTable, IntakeError.
        """
        told = self._last("columns")
        if told is None:
            return guessed_columns(self.table)
        return told["header"], [(kind, list(places)) for kind, places in told["columns"]]

    @cached_property
    def base(self) -> Plan | None:
        """The plan whose communities are kept: as told, else the one in force."""
        told = self._last("base")
        plans = Plan.objects.filter(scheme=self.scheme).select_related("boundary")
        if told is not None:
            found = plans.filter(number=told["plan"]).first()
        else:
            found = plans.filter(pk__in=Plan.objects.in_force(self.at)).first()
        if found is not None:
            found.scheme = self.scheme
        return found

    @cached_property
    def boundary(self) -> AreaBoundary | None:
        if self.base is not None:
            return self.base.boundary
        return self.scheme.area.boundaries.order_by("-valid_from").first()

    @cached_property
    def units(self) -> list[CommunityUnit]:
        return units_above(self.base)

    @cached_property
    def corrected(self) -> Corrected:
        listing = read_listing(self.table, columns=self.columns)
        known = [(unit.code, unit.named.name) for unit in self.units]
        read = with_communities(listing, known)
        if self.pasted:  # the rows of a text stand one line lower: it has no header
            rows = tuple(replace(row, line=row.line - 1) for row in read.grids)
            read = replace(read, grids=rows)
        return corrected(read, self.steps)

    @cached_property
    def drawn(self) -> ListedPlan:
        if self.boundary is None:
            raise UnreadableTable(
                _("%(area)s has no outline yet. Give it one first; then its grids can be drawn.")
                % {"area": self.scheme.area.name}
            )
        done = self.corrected
        town = ground_town(self.boundary, self.units, base=self.base)
        return draw_listing(
            done.listing, town, pieces_allowed=tuple(done.pieces), decisions=done.decisions
        )

    @property
    def readable(self) -> str:
        """Why the table cannot be read, as a sentence; "" when it can."""
        try:
            self.corrected  # noqa: B018  (reads it)
        except (UnreadableTable, IntakeError) as refusal:
            return str(refusal)
        return ""

    def report(self) -> dict[str, Any]:
        """What is drawn, for the page and its map; drawn anew only where something changed."""
        key = self._key()
        kept: dict[str, Any] = self.upload.report
        if kept.get("key") == key:
            return kept
        made = report_of(self.corrected, self.drawn, self.base) | {"key": key}
        staging.keep_report(upload=self.upload, at=self.at, report=made)
        return made

    def take(self, step: Mapping[str, Any]) -> Work:
        """One more step."""
        return self._answered(lambda steps: [*steps, dict(step)])

    def undo(self, count: int) -> Work:
        """Take the last step back, unless somebody did already in another window."""
        return self._answered(lambda steps: steps[:-1] if len(steps) == count else steps)

    def accept(self, *, by: Any, name: str) -> Plan:
        """Write the draft; the list is kept nowhere else, so it goes.

        Raises Upload.DoesNotExist where it was accepted or discarded in another window.
        """
        with staging.used_up(self.upload) as row:
            return Work(row, self.scheme, self.at).write(by=by, name=name)

    def write(self, *, by: Any, name: str) -> Plan:
        """A draft as the list is drawn now."""
        drawn = self.drawn  # refuses an area without an outline
        return write_listed(
            scheme=self.scheme,
            boundary=self.boundary,  # type: ignore[arg-type]
            drawn=drawn,
            base=self.base,
            pieces=self.corrected.pieces,
            source=ListSource(
                "" if self.pasted else self.upload.name, self.upload.sha256, len(self.steps)
            ),
            by=by,
            at=self.at,
            name=name,
        )

    def _answered(self, change: Any) -> Work:
        row = staging.change_answers(
            upload=self.upload,
            at=self.at,
            change=lambda answers: answers | {"steps": change(list(answers.get("steps", [])))},
        )
        return Work(row, self.scheme, self.at)

    def _last(self, kind: str) -> Mapping[str, Any] | None:
        steps: Sequence[Mapping[str, Any]] = self.steps
        return next((step for step in reversed(steps) if step["kind"] == kind), None)

    def _key(self) -> str:
        base = (self.base.pk, self.base.revision) if self.base else None
        said = [ground_state(self.scheme), base, self.columns, self.steps, self.upload.sha256]
        return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
