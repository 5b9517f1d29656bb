"""Levels that offices usually have, to begin with: everything can be changed."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from geogrid.territory.founding import LevelNote
from geogrid.territory.models import Area

__all__ = ["PRESETS", "Preset", "preset_for"]

GRID = LevelNote("网格", "Grid", 3)


@dataclass(frozen=True, slots=True)
class Preset:
    """Levels from the top down; the area itself is above them."""

    key: str
    title: str | Promise
    levels: tuple[LevelNote, ...]


PRESETS = (
    Preset("street", _("Community, grid"), (LevelNote("社区", "Community", 3, True), GRID)),
    Preset(
        "county",
        _("Township, village, grid"),
        (LevelNote("乡镇", "Township", 3, True), LevelNote("村", "Village", 3, True), GRID),
    ),
    Preset(
        "district",
        _("Sub-district, community, grid"),
        (LevelNote("街道", "Sub-district", 3, True), LevelNote("社区", "Community", 3, True), GRID),
    ),
    Preset("town", _("Quarter, grid"), (LevelNote("片区", "Quarter", 3, True), GRID)),
    Preset(
        "school",
        _("Campus, grid"),
        (LevelNote("校区", "Campus", 2, True), LevelNote("网格", "Grid", 2)),
    ),
    Preset("plain", _("Grids only"), (GRID,)),
)
FOR_KIND = {
    Area.Kind.STREET: "street",
    Area.Kind.COUNTY: "county",
    Area.Kind.SCHOOL: "school",
    Area.Kind.TOWN: "town",
}


def preset_for(key: str, kind: str = "") -> Preset:
    """The preset of that name, else the usual one of that kind of area, else the first."""
    wanted = {key, str(FOR_KIND.get(kind, ""))} if not key else {key}  # type: ignore[call-overload]
    return next((one for one in PRESETS if one.key in wanted), PRESETS[0])
