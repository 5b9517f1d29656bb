"""What a worker enters about a case."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from geogrid.cases.models import Category
from geogrid.desks.reporting import PhotosField, PlaceFields


class StepForm(forms.Form):
    """One step with a case. `action` says which one the button meant."""

    ACTIONS = ("accept", "note", "finish", "return", "send_up")

    action = forms.ChoiceField(choices=[(name, name) for name in ACTIONS])
    note = forms.CharField(
        label=_("What was done, or why?"), required=False, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    photos = PhotosField(label=_("Photos"), required=False)


class WorkerReportForm(PlaceFields):
    """Kind, photo, send. `how` says for whom, or that it is put right already."""

    FOUND, ON_BEHALF, ON_THE_SPOT = "worker", "on_behalf", "on_the_spot"
    HOW = (
        (FOUND, _("I found it")),
        (ON_BEHALF, _("For a resident")),
        (ON_THE_SPOT, _("Put right on the spot")),
    )

    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    category = forms.ModelChoiceField(
        queryset=Category.objects.filter(active=True),
        error_messages={"required": _("Choose what it is about.")},
        label=_("What is it about?"),
    )
    how = forms.ChoiceField(
        label=_("How"), choices=HOW, initial=FOUND, required=False, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("In words"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("No names of persons."),
    )  # fmt: skip
    photos = PhotosField(label=_("Photo"), required=False)
    after = PhotosField(label=_("Photo afterwards"), required=False)
    phone = forms.CharField(
        label=_("The resident's phone number"), required=False, max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["how"] = cleaned.get("how") or self.FOUND
        if cleaned["how"] == self.ON_THE_SPOT:
            for name in ("photos", "after"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("Please add a photo taken before and one taken after."))
        return cleaned
