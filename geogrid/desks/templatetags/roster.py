"""Words of the roster's preview: `{{ row|state_word }}`, `{{ "phone"|column_word }}`."""

from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from geogrid.duty.roster.sheets import state_words

register = template.Library()
COLUMNS = {
    "name": pgettext_lazy("column of a roster", "Name"),
    "phone": pgettext_lazy("column of a roster", "Duty phone"),
    "role": pgettext_lazy("column of a roster", "Role"),
    "grid": pgettext_lazy("column of a roster", "Grid"),
    "community": pgettext_lazy("column of a roster", "Community"),
    "tier": pgettext_lazy("column of a roster", "A/B"),
    "duties": pgettext_lazy("column of a roster", "Duties"),
    "hours": pgettext_lazy("column of a roster", "Duty hours"),
    "since": pgettext_lazy("column of a roster", "From"),
    "note": pgettext_lazy("column of a roster", "Notes"),
}


@register.filter
def state_word(judged: Any) -> str:
    return state_words(judged)


@register.filter
def column_word(kind: str) -> Any:
    return COLUMNS.get(kind, _("passed over"))
