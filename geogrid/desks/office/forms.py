"""What the office enters."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from geogrid.cases.models import Category
from geogrid.desks.reporting import PlaceFields
from geogrid.duty.models import Worker


class StepForm(forms.Form):
    """One step with a case; `action` says which one the button meant."""

    ACTIONS = (
        "reassign", "urge", "send_up", "close", "verify", "send_back", "pause", "resume",
        "reject", "merge",
    )  # fmt: skip

    action = forms.ChoiceField(choices=[(name, name) for name in ACTIONS])
    note = forms.CharField(label=_("Reason"), required=False, max_length=1000)
    worker = forms.ModelChoiceField(
        label=_("To whom"), queryset=Worker.objects.filter(active=True), required=False
    )
    into = forms.CharField(label=_("Number of the other case"), required=False, max_length=20)


class PhoneForm(PlaceFields):
    """A report taken by phone."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    category = forms.ModelChoiceField(
        label=_("What is it about?"),
        queryset=Category.objects.filter(active=True),
        error_messages={"required": _("Choose what it is about.")},
    )
    text = forms.CharField(
        label=_("What does the caller say?"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write down in a few words what is wrong.")},
    )  # fmt: skip
    name = forms.CharField(
        label=_("Caller's name"), required=False, max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Caller's number"), required=False, max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
