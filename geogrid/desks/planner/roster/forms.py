"""What a planner says about posts and workers. Days are read in the current time zone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from geogrid.cases.models import Category
from geogrid.desks.templatetags.words import localname
from geogrid.duty.models import Post, PostRole, Worker
from geogrid.publishing.models import Disclosure

__all__ = [
    "ConfirmForm", "CoverForm", "GiveForm", "PortraitForm", "PublicationForm", "SubjectsForm",
    "VacateForm", "WorkerForm",
]  # fmt: skip

ACTING = "acting"
TIERS = [
    (Post.Tier.A.value, gettext_lazy("A: answers first")),
    (Post.Tier.B.value, gettext_lazy("B: stands in")),
    (ACTING, gettext_lazy("acting, while the post is vacant")),
]
Choices = Iterable[tuple[str, str]]


class ConfirmForm(forms.Form):
    """Nothing but yes; its errors say why not."""


class SinceForm(forms.Form):
    """A change that holds at once or from the beginning of a later day."""

    since = forms.DateField(
        label=pgettext_lazy("a date", "From"),
        help_text=gettext_lazy("Empty: at once. A later day begins at midnight."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_since(self) -> datetime | None:
        day: date | None = self.cleaned_data["since"]
        today = timezone.localdate()
        if day is None or day == today:
            return None
        if day < today:
            raise forms.ValidationError(
                _("That day has passed. What people were told then stays; choose today or later.")
            )
        return timezone.make_aware(datetime.combine(day, time()))


def _role_field(roles: list[PostRole]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Role"), choices=[(role.code, localname(role)) for role in roles]
    )


class GiveForm(SinceForm):
    """Who gets a post; `tier` is A, B or acting."""

    tier = forms.ChoiceField(
        label=gettext_lazy("Place"), choices=TIERS, widget=forms.RadioSelect, initial="A"
    )
    beside = forms.BooleanField(required=False)
    field_order = ("worker", "role", "tier", "since")

    def __init__(
        self, data: QueryDict | None, *, workers: Choices, roles: list[PostRole], **more: Any
    ) -> None:
        super().__init__(data, prefix="give", **more)
        empty = ("", _("Choose"))
        self.fields["worker"] = forms.ChoiceField(label=_("Who"), choices=[empty, *workers])
        self.fields["role"] = _role_field(roles)
        self.order_fields(self.field_order)


class VacateForm(SinceForm):
    """Nobody holds A, why, and who answers meanwhile."""

    reason = forms.CharField(
        label=gettext_lazy("Why is nobody there yet?"),
        help_text=gettext_lazy("Residents read it on the grid's card."),
        max_length=200,
    )
    field_order = ("role", "reason", "acting", "since")

    def __init__(
        self, data: QueryDict | None, *, workers: Choices, roles: list[PostRole], **more: Any
    ) -> None:
        super().__init__(data, prefix="vacate", **more)
        self.fields["acting"] = forms.ChoiceField(
            label=_("Who answers meanwhile?"), required=False,
            choices=[("", _("nobody; the community's people are called")), *workers],
        )  # fmt: skip
        self.fields["role"] = _role_field(roles)
        self.order_fields(self.field_order)


class CoverForm(SinceForm):
    """Several grids for one worker."""

    tier = forms.ChoiceField(label=gettext_lazy("Place"), choices=TIERS, widget=forms.RadioSelect)
    field_order = ("role", "tier", "since")

    def __init__(self, data: QueryDict | None, *, roles: list[PostRole], **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["role"] = _role_field(roles)
        self.order_fields(self.field_order)
        self.asked = set(data.getlist("grid")) if data is not None else set()
        self.below = set(data.getlist("below")) if data is not None else set()


class SubjectsForm(forms.Form):
    """Case categories a post is for; none chosen: all."""

    def __init__(self, data: QueryDict | None, *, post: Post) -> None:
        super().__init__(data, prefix=f"post{post.pk}", initial={"subjects": post.subjects})
        self.fields["subjects"] = forms.MultipleChoiceField(
            label=_("Only for"), required=False, widget=forms.CheckboxSelectMultiple,
            help_text=_("None chosen: for everything."),
            choices=[(row.code, localname(row)) for row in Category.objects.filter(active=True)],
        )  # fmt: skip


class WorkerForm(forms.Form):
    """What is known of a worker. Nothing of it is public by being here."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    duty_phone = forms.CharField(
        label=gettext_lazy("Duty phone"), required=False, max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    duties = forms.CharField(
        label=gettext_lazy("Duties"), required=False, max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    hours = forms.CharField(
        label=gettext_lazy("Duty hours"), required=False, max_length=120,
        help_text=gettext_lazy("For example: 8:00–18:00"),
    )  # fmt: skip


class PortraitForm(forms.Form):
    portrait = forms.FileField(
        label=gettext_lazy("Portrait"),
        help_text=gettext_lazy("JPEG, PNG or WebP, one picture, at most 12 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )


class PublicationForm(forms.Form):
    """One fact of many workers, on one basis."""

    field = forms.ChoiceField(
        label=gettext_lazy("What"), choices=Disclosure.Fact.choices, widget=forms.RadioSelect,
        initial=Disclosure.Fact.DUTY_PHONE.value,
    )  # fmt: skip
    basis = forms.CharField(
        label=gettext_lazy("On what basis?"), max_length=200, required=False,
        help_text=gettext_lazy(
            "The rule that demands it, or the date and form of the workers' consent."
        ),
        widget=forms.TextInput(attrs={"list": "bases"}),
    )  # fmt: skip


def worker_choices(workers: Iterable[Worker], places: dict[int, str]) -> list[tuple[str, str]]:
    """Names with a grid beside each, so that two of one name can be told apart."""
    return [
        (str(one.pk), f"{one.name} · {places[one.pk]}" if one.pk in places else one.name)
        for one in workers
    ]
