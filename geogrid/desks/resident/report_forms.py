"""What a resident fills in to report a problem."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from geogrid.cases.models import Category
from geogrid.desks.reporting import PhotosField, PlaceFields, local_name


class CategoryChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Category) -> str:
        return local_name(obj)


class ReportForm(PlaceFields):
    """One page. `form_key` is made with it, so that a form sent twice is one report."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    category = CategoryChoice(
        label=_("What is it about?"),
        queryset=Category.objects.filter(active=True),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choose what it is about.")},
    )
    text = forms.CharField(
        label=_("What is wrong?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Please name no persons. What is it, since when, what is dangerous about it?"),
        error_messages={"required": _("Describe in a few words what is wrong.")},
    )
    photos = PhotosField(label=_("Photos"), required=False)
    name = forms.CharField(
        label=_("Your name"), required=False, max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Your phone number"), required=False, max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        help_text=_("With it you can also follow your report by its last four digits."),
    )  # fmt: skip
    # Nobody sees this field; programs that fill in everything do.
    website = forms.CharField(required=False)

    def clean_text(self) -> str:
        return _without_controls(self.cleaned_data["text"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("website"):
            raise forms.ValidationError(_("This report could not be sent. Please call instead."))
        return cleaned


class FindForm(forms.Form):
    number = forms.CharField(label=_("Number of the report"), max_length=20, min_length=8)
    key = forms.CharField(
        label=_("Key, or the last four digits of your phone number"), max_length=20
    )


class FeedbackForm(forms.Form):
    satisfied = forms.TypedChoiceField(
        label=_("Are you satisfied with the result?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("What should we know?"), required=False, max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


def _without_controls(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable() or sign in "\n\t")
