"""What is said of a compound, one by one or as a table."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import shapely
from django import forms
from django.utils.translation import gettext_lazy as _

from geogrid.territory.homes import MOST_HOUSEHOLDS, HomeNote
from geogrid.territory.homes_errors import RowsTooMany, RowUnreadable
from geogrid.territory.typed_outlines import one_piece

__all__ = ["HomeForm", "TableForm"]

ROW = re.compile(
    r"^\s*(?P<name>.+?)\s*[,;\t，；]\s*(?P<x>-?\d+(?:\.\d+)?)\s*[,;\t，；]\s*"
    r"(?P<y>-?\d+(?:\.\d+)?)\s*[,;\t，；]\s*(?P<count>\d{1,12})\s*$"
)
MOST_ROWS = 2000


class Basis(forms.Form):
    """Who counted, and when."""

    basis = forms.CharField(
        label=_("Where does the figure come from?"),
        help_text=_("For example: list of the property management."),
        max_length=200,
    )
    as_of = forms.DateField(
        label=_("As of"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


class HomeForm(Basis):
    name = forms.CharField(label=_("Compound or house"), max_length=200)
    households = forms.IntegerField(label=_("Households"), min_value=0, max_value=MOST_HOUSEHOLDS)
    points = forms.CharField(
        label=_("Its points"),
        help_text=_("One point, or the corners of its outline: one a line, longitude first."),
        max_length=200_000,
        widget=forms.Textarea({"rows": 5, "spellcheck": "false", "autocomplete": "off"}),
    )
    as_total = forms.BooleanField(
        label=_("The figure is the total of the registered buildings inside"), required=False
    )

    field_order = ("name", "households", "points", "basis", "as_of")

    def note(self) -> HomeNote:
        """Raises what `one_piece` raises."""
        told = self.cleaned_data
        return HomeNote(
            name=told["name"].strip(),
            households=told["households"],
            shape=one_piece(told["points"]),
            basis=told["basis"].strip(),
            as_of=told["as_of"],
        )


class TableForm(Basis):
    rows = forms.CharField(
        label=_("Table"),
        help_text=_("A line each: name, longitude, latitude, households. Paste it from a sheet."),
        max_length=1_000_000,
        widget=forms.Textarea({"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
    )

    def notes(self) -> list[HomeNote]:
        """Raises RowUnreadable, naming the line, RowsTooMany.

        A first line of headings is passed over.
        """
        told: dict[str, Any] = self.cleaned_data
        day: date = told["as_of"]
        lines = [(n, line) for n, line in enumerate(told["rows"].splitlines(), 1) if line.strip()]
        if len(lines) > MOST_ROWS + 1:
            raise RowsTooMany(count=len(lines), most=MOST_ROWS)
        found = []
        for place, (number, line) in enumerate(lines):
            row = ROW.match(line)
            if row is None and place == 0 and len(lines) > 1:
                continue
            unusable = row is None or abs(float(row["x"])) > 180 or abs(float(row["y"])) > 90
            if row is None or unusable or int(row["count"]) > MOST_HOUSEHOLDS:
                raise RowUnreadable(line=number, text=line.strip()[:40])
            found.append(
                HomeNote(
                    name=row["name"].strip()[:200],
                    households=int(row["count"]),
                    shape=shapely.Point(float(row["x"]), float(row["y"])),
                    basis=told["basis"].strip(),
                    as_of=day,
                )
            )
        return found
