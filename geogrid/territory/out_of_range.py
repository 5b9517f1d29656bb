"""Why a grid has more or fewer homes than wanted, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from geogrid.coverage.balance import Reason

__all__ = ["WHY"]

WHY: dict[Reason, Promise] = {
    Reason.HEAVY_BLOCK: _("one building or block is above the range by itself"),
    Reason.LIGHT_GROUP: _("its whole quarter has too few"),
    Reason.NO_NUMBER: _("its quarter has too many for one grid and too few for two"),
    Reason.CUT_OFF: _("water or a building above the range parts it from the rest of its quarter"),
    Reason.NOT_FOUND: _("its blocks allow no better division; cut heavy blocks further"),
}
