"""What a worker enters on the phone."""

import math
import uuid
from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.utils.translation import gettext_lazy as _

from geogrid.patrols.models import Visit
from geogrid.patrols.rules import Due
from layers.places.models import HazardClass


class PositionForm(forms.Form):
    """Where the phone says it is; every field may be missing, then there is no position."""

    lon = forms.FloatField(required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90)
    accuracy = forms.FloatField(required=False, min_value=0, max_value=100_000)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        lon, lat = cleaned.get("lon"), cleaned.get("lat")
        known = lon is not None and lat is not None and math.isfinite(lon) and math.isfinite(lat)
        cleaned["where"] = Point(lon, lat, srid=4326) if known else None
        return cleaned


class FilterForm(PositionForm):
    """Which stops to list: of one class (or only cases), and how soon they are due."""

    CASES = "cases"
    WINDOWS = (
        ("now", _("Due now or within 3 days")),
        ("overdue", _("Overdue only")),
        ("all", _("Everything in my grids")),
    )

    kind = forms.ChoiceField(required=False, label=_("Kind"))
    due = forms.ChoiceField(required=False, label=_("Due"), choices=WINDOWS)

    def __init__(self, data: Any, *, classes: list[HazardClass], language: str) -> None:
        super().__init__(data, label_suffix="")
        named = [(c.code, c.name_zh if language.startswith("zh") else c.name_en) for c in classes]
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101 - declared above
        kind.choices = [("", _("All kinds")), *named, (self.CASES, _("Open cases"))]

    def wanted(self) -> tuple[str, frozenset[Due]]:
        """Return the kind ("" for all) and the urgencies to show; nonsense means the default."""
        valid = self.is_valid()
        kind = self.cleaned_data.get("kind", "") if valid or "kind" not in self.errors else ""
        due = self.cleaned_data.get("due") or "now"
        shown = {
            "overdue": frozenset({Due.OVERDUE}),
            "all": frozenset(Due),
        }.get(due, frozenset({Due.OVERDUE, Due.TODAY, Due.SOON}))
        return kind, shown


class VisitForm(PositionForm):
    """A visit. `client_id` is made with the page, so that a form sent twice is one visit."""

    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    outcome = forms.ChoiceField(
        label=_("What did you find?"),
        choices=Visit.Outcome,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one: in order, or problem found.")},
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("lon", "lat", "accuracy"):
            self.fields[name].widget = forms.HiddenInput()
