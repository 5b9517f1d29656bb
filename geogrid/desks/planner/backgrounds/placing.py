"""Placing a picture: points in it, the same points on the map, and how well they agree.

The page works as a table of numbers without JavaScript; with it, points are set by clicking, or
with the keyboard, in the picture and on the map.
"""

import math
import re
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from geogrid.desks.planner.asking import user_of
from geogrid.desks.planner.backgrounds.asked import scheme_drawn, underlay_asked
from geogrid.desks.planner.backgrounds.forms import PlaceForm
from geogrid.desks.planner.backgrounds.tiles import underlay_layer
from geogrid.desks.planner.backgrounds.whereabouts import area_map
from layers.backgrounds.actions import place_underlay
from layers.backgrounds.errors import BackgroundRefused
from layers.backgrounds.models import Underlay
from layers.backgrounds.placing import LARGE_M, MOST_POINTS, NEEDED, Placing, Point, place

__all__ = ["place_page"]

COLUMNS = ("x", "y", "lon", "lat")
ROWS = 4
NUMBER = re.compile(r"-?\d{1,6}(\.\d{1,12})?")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def place_page(request: HttpRequest, area: str, underlay: int) -> HttpResponse:
    """Place a picture by points and save where it lies."""
    scheme = scheme_drawn(request, area)
    row = underlay_asked(scheme, underlay)
    posted = request.method == "POST"
    form = PlaceForm(request.POST if posted else None, initial={"fit": row.fit})
    cells: list[list[str]] = [[f"{value:.10g}" for value in point] for point in row.points]
    if posted:
        cells = _cells(request.POST)
        points = _points(form, cells)
        if form.is_valid() and points is not None:
            try:
                placed = place_underlay(
                    underlay=row, points=points, fit=form.cleaned_data["fit"],
                    by=user_of(request), at=timezone.now(),
                )  # fmt: skip
            except BackgroundRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                _told(request, placed)
                return redirect("planner:underlay", area=area, underlay=row.pk)
    placed = _again(row)
    context = {
        "area": scheme.area,
        "underlay": row,
        "form": form,
        "rows": _rows(cells, None if posted else placed),
        "placed": placed,
        "large": LARGE_M,
        "placing": {
            "map": area_map(scheme.area),
            "layer": underlay_layer(scheme, row),
            "points": cells,
            "needed": NEEDED,
            "large_m": LARGE_M,
        },
        "tab": "backgrounds",
    }
    status = 400 if posted else 200
    return render(request, "planner/backgrounds/placing.html", context, status=status)


def _cells(posted: QueryDict) -> list[list[str]]:
    """The rows of the table that say anything, as they were typed."""
    columns = [posted.getlist(name)[:MOST_POINTS] for name in COLUMNS]
    rows = [[value.strip()[:40] for value in row] for row in zip(*columns, strict=False)]
    return [row for row in rows if any(row)]


def _points(form: PlaceForm, cells: list[list[str]]) -> list[Point] | None:
    for number, row in enumerate(cells, 1):
        if not all(NUMBER.fullmatch(value) for value in row):
            words = _("Point %(number)s is not complete: it needs four numbers.")
            form.add_error(None, words % {"number": number})
            return None
    return [tuple(float(value) for value in row) for row in cells]  # type: ignore[misc]


def _again(row: Underlay) -> Placing | None:
    """The saved placing with its residuals, worked out again."""
    if row.matrix is None:
        return None
    try:
        return place(row.points, width=row.width, height=row.height, fit=row.fit)
    except BackgroundRefused:
        return None


def _rows(cells: list[list[str]], placed: Placing | None) -> list[dict[str, Any]]:
    """Rows of the table: those that say something, and empty ones to be filled in."""
    residuals = placed.residuals_m if placed else []
    blank = [""] * len(COLUMNS)
    shown = cells + [blank] * max(ROWS - len(cells), 1)
    return [
        dict(zip(COLUMNS, cell, strict=True))
        | {"number": n, "residual": residuals[n - 1] if n <= len(residuals) else None}
        for n, cell in enumerate(shown, 1)
    ]


def _told(request: HttpRequest, placed: Placing) -> None:
    if placed.spare:
        off = _("The picture is placed. Its points are %(metres)s m off on average.")
        messages.success(request, off % {"metres": f"{placed.residual_m:.2f}"})
    else:
        messages.success(request, _("The picture is placed. One point more would show how well."))
    if placed.residual_m > LARGE_M:
        worst = max(range(len(placed.residuals_m)), key=placed.residuals_m.__getitem__)
        words = _("That is much. Look at point %(number)s first: it is %(metres)s m off.")
        off_by = math.ceil(placed.residuals_m[worst])
        messages.warning(request, words % {"number": worst + 1, "metres": off_by})
    if placed.flat:
        messages.warning(
            request, _("The points lie nearly on one line. Add one far beside it.")
        )  # fmt: skip
