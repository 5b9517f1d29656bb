"""What a planner brings: a pasted list or a file, and at the end the draft's name."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

__all__ = ["AcceptForm", "BringForm"]

ENDINGS = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".xls")
MOST_BYTES = 10 * 1024 * 1024
MOST_LETTERS = 500_000
# Shown in the box until somebody writes: the reader's own language.
EXAMPLE = _(
    "Grid 7: Rose Garden buildings 1-12; Main Street 1-99 odd\n"
    "Grid 8: Rose Garden buildings 13-20; Main Street 2-48 even"
)


class BringForm(forms.Form):
    text = forms.CharField(
        label=_("Paste the list"),
        help_text=_("Lines as in the example, or cells copied from Excel or Word."),
        required=False,
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 9, "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("Or choose a file"),
        help_text=_("A table as .xlsx or .csv, or a .txt file."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["text"].widget.attrs["placeholder"] = EXAMPLE

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file is None:
            return None
        if not file.name.lower().endswith(ENDINGS):
            raise forms.ValidationError(
                _("This is no table. Save it as .xlsx or .csv, or paste its cells.")
            )
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 10 MB; a list is not."))
        return file

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not cleaned.get("file") and not cleaned.get("text", "").strip():
            self.add_error("text", _("Paste a list, or choose a file."))
        return cleaned


class AcceptForm(forms.Form):
    name = forms.CharField(
        label=_("What is the draft called?"),
        help_text=_("For example: autumn 2026, new estate on the river."),
        required=False,
        max_length=120,
    )
