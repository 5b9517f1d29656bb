"""A dossier on paper: one HTML and SVG source, made a PDF in a process of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from geogrid.publishing.dossier.alternatives import SideBySide
from geogrid.publishing.dossier.errors import PrintingMissing
from geogrid.publishing.dossier.gathering import Told
from geogrid.publishing.dossier.map_ground import ground_of
from geogrid.publishing.dossier.maps import community_map, overview_map
from geogrid.publishing.dossier.printing import LibrariesMissing, printed

__all__ = ["Paper", "html_of", "pdf_of", "state_word", "title_of", "upper_level"]

MOST_HAND_OVERS = 60
# "boundary.geojson", "boundary of X in town.osm.pbf": a name for computers, not for a paper.
A_FILE = re.compile(
    r"\.(?:geo)?json\b|\.(?:gpkg|shp|zip|km[lz]|gdb|dxf|dwg|pbf|osm|gml|csv|xlsx?|pdf|tab|mif)\b",
    re.IGNORECASE,
)
PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-wqy-microhei"


@dataclass(frozen=True, slots=True)
class Paper:
    content: bytes
    pages: int


def pdf_of(told: Told, *, maker: str = "", alternatives: SideBySide | None = None) -> Paper:
    """The PDF in the language that is active.

    Raises
    ------
    PrintingMissing
        When Debian's libraries for printing are not installed.
    CannotPrint
        When the process that prints was ended, as by a machine short of memory.
    """
    with timezone.override(ZoneInfo(told.plan.scheme.area.timezone)):
        source = html_of(told, maker=maker, alternatives=alternatives)
    try:
        content, pages = printed(source, grids=len(told.grids))
    except LibrariesMissing as problem:
        raise PrintingMissing(packages=PACKAGES) from problem
    return Paper(content, pages)


def html_of(told: Told, *, maker: str = "", alternatives: SideBySide | None = None) -> str:
    plan, area = told.plan, told.plan.scheme.area
    ground = ground_of(plan)
    overs = told.changes.hand_overs if told.changes else []
    watermark = _watermark(told.steps.stage)
    context = {
        "told": told,
        "area": area,
        "scheme": plan.scheme,
        "title": title_of(plan.number, plan.name),
        "lang": "zh-Hans" if (translation.get_language() or "zh").startswith("zh") else "en",
        "state_word": state_word(told.steps.stage),
        "watermark": watermark,
        "outline_basis": _basis(plan.boundary.basis),
        "maker": maker,
        "upper_level": upper_level(told),
        "overview": replace(overview_map(told, ground), watermark=watermark),
        "communities": [
            (one, replace(community_map(told, one, ground), watermark=watermark))
            for one in told.communities
        ],
        "hand_overs": overs[:MOST_HAND_OVERS],
        "more_hand_overs": max(len(overs) - MOST_HAND_OVERS, 0),
        "levels_proved": list(
            zip(
                [_level(level) for level in told.levels],
                told.certificate.proof.unmatched_levels,
                strict=False,
            )
        ),
        "export_name": f"{area.slug}-{plan.scheme.code}-{plan.number}",
        "signing": [
            (pgettext("signature", "Drawn up"), told.steps.proposed or told.steps.drawn),
            (pgettext("signature", "Checked"), None),
            (pgettext("signature", "Approved"), told.steps.approved),
        ],
        "alternatives": alternatives,
    }
    return render_to_string("print/dossier/dossier.html", context)


def title_of(number: int, name: str) -> str:
    title = _("Plan %(number)s") % {"number": number}
    return f"{title} · {name}" if name else title


def state_word(stage: str) -> str:
    words = {
        "draft": pgettext("state of a plan", "draft"),
        "in_review": pgettext("state of a plan", "in review"),
        "approved": pgettext("state of a plan", "approved"),
        "scheduled": pgettext("state of a plan", "approved and scheduled"),
        "in_force": pgettext("state of a plan", "in force"),
        "retired": pgettext("state of a plan", "was in force"),
        "withdrawn": pgettext("state of a plan", "discarded"),
    }
    return words[stage]


def _watermark(stage: str) -> str:
    words = {
        "draft": pgettext("watermark", "DRAFT"),
        "in_review": pgettext("watermark", "FOR REVIEW"),
        "withdrawn": pgettext("watermark", "DISCARDED"),
    }
    return words.get(stage, "")


def _basis(basis: str) -> str:
    """On what the outline is based; "" where only the name of a file was kept."""
    return "" if A_FILE.search(basis) else basis.strip()


def upper_level(told: Told) -> str:
    """What the level above the leaves is called; "territory" in a scheme of one level."""
    if len(told.levels) < 2:
        return pgettext("level", "Territory")
    return _level(told.levels[-2])


def _level(level: Any) -> str:
    chinese = (translation.get_language() or "zh").startswith("zh")
    return level.name_zh if chinese else level.name_en
