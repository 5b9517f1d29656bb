"""Found an area: its outline, its general scheme, and whoever plans there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import shapely
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from geogrid.accounts.models import User
from geogrid.accounts.rules import Permission, require
from geogrid.territory.actions import start_first_draft
from geogrid.territory.errors import BoundaryInUse
from geogrid.territory.geometry import from_shapely
from geogrid.territory.loads import rebuild_loads
from geogrid.territory.models import Area, AreaBoundary, Authority, Grid, Level, Plan, Scheme
from geogrid.territory.refusals import guards_told
from geogrid.territory.starting_errors import (
    CodeTooLong,
    LevelsUnusable,
    RangeUnusable,
    SlugTaken,
)

# Words that stand in addresses where an area's short name would.
RESERVED = frozenset({"new-area", "areas"})
MOST_LEVELS = 4
MOST_DIGITS = Grid._meta.get_field("code").max_length or 24


@dataclass(frozen=True, slots=True)
class AreaNote:
    """What an operator says of a new area; see the fields of `Area`."""

    slug: str
    name: str
    kind: str = Area.Kind.TOWN
    code_prefix: str = ""
    language: str = "en"
    timezone: str = "UTC"
    calendar: str = ""
    office_phone: str = ""
    supervision_phone: str = ""
    fictional: bool = False
    data_as_of: date | None = None
    attribution: str = ""


@transaction.atomic
def found_area(
    *, note: AreaNote, outline: shapely.MultiPolygon, basis: str, at: datetime
) -> tuple[Area, AreaBoundary]:
    """Write the area and, where its outline is new, a version of its boundary valid from `at`.

    An area that exists keeps its settings: an import brings ground, it does not rename offices.
    A boundary that no plan refers to yet and that began the same day is replaced; raises
    BoundaryInUse when a plan does.
    """
    fields = {name: getattr(note, name) for name in note.__slots__ if name != "slug"}
    area, _ = Area.objects.get_or_create(slug=note.slug, defaults=fields)
    shape = from_shapely(outline, multi=True)
    latest = area.boundaries.order_by("-valid_from").first()
    if latest is not None and latest.boundary.equals_exact(shape):
        return area, latest
    if latest is not None and latest.valid_from >= at.date():
        if latest.plans.exists():
            raise BoundaryInUse(area=area.name)
        latest.delete()
    boundary = AreaBoundary.objects.create(
        area=area, boundary=shape, valid_from=at.date(), basis=basis
    )
    return area, boundary


def general_scheme(area: Area, *, households: tuple[int, int]) -> Scheme:
    """Return the area's general scheme; a new one has two levels, community or quarter and grid."""
    least, most = households
    chinese = area.language.startswith("zh")
    scheme, created = Scheme.objects.get_or_create(
        area=area,
        general=True,
        defaults={
            "code": "general",
            "name": "综合网格" if chinese else "General grids",
            "households_min": least,
            "households_max": most,
        },
    )
    if created:
        upper = ("社区", "Community") if chinese else ("片区", "Quarter")
        levels = ((1, *upper, True), (2, "网格", "Grid", False))
        Level.objects.bulk_create(
            Level(scheme=scheme, depth=depth, name_zh=zh, name_en=en, fixed=fixed)
            for depth, zh, en, fixed in levels
        )
    return scheme


@dataclass(frozen=True, slots=True)
class LevelNote:
    """A level from the top down; see the fields of `Level`."""

    name_zh: str
    name_en: str
    code_width: int = 3
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class SchemeNote:
    """How an area is going to be divided.

    `one_person` says that whoever founds it approves plans as well: nobody else is there.
    """

    name: str
    levels: Sequence[LevelNote]
    households: tuple[int, int] = (200, 300)
    one_person: bool = False


@guards_told()
@transaction.atomic
def establish_area(
    *,
    note: AreaNote,
    scheme: SchemeNote,
    outline: shapely.MultiPolygon,
    basis: str,
    by: User | None,
    at: datetime,
) -> Plan:
    """Found an area with its levels, and return its first draft: one unassigned grid.

    `outline` is one that `geogrid.territory.typed_outlines.usable_outline` returned. Whoever founds
    the area plans it from then on. The draft's first event says who and when.

    Raises
    ------
    NotAllowed
        `by` may not found areas, see `Permission.FOUND`.
    SlugTaken, LevelsUnusable, CodeTooLong, RangeUnusable
    """
    require(by, Permission.FOUND, scheme=None)
    _check(note, scheme)
    fields = {name: getattr(note, name) for name in note.__slots__}
    try:
        with transaction.atomic():
            area = Area.objects.create(**fields)
    except IntegrityError:
        raise SlugTaken(slug=note.slug) from None
    AreaBoundary.objects.create(
        area=area,
        boundary=from_shapely(outline, multi=True),
        valid_from=at.date(),
        basis=basis[:200],
    )
    least, most = scheme.households
    made = Scheme.objects.create(
        area=area,
        code="general",
        name=scheme.name,
        general=True,
        households_min=least,
        households_max=most,
        four_eyes=not scheme.one_person,
    )
    Level.objects.bulk_create(
        Level(
            scheme=made,
            depth=depth,
            name_zh=level.name_zh.strip() or level.name_en.strip(),
            name_en=level.name_en.strip() or level.name_zh.strip(),
            code_width=level.code_width,
            fixed=level.fixed,
        )
        for depth, level in enumerate(scheme.levels, start=1)
    )
    if by is not None:
        roles = [Authority.Role.PLANNER, *([Authority.Role.APPROVER] if scheme.one_person else [])]
        Authority.objects.bulk_create(Authority(user=by, role=role, scheme=made) for role in roles)
    plan = start_first_draft(scheme=made, by=by, at=at)
    rebuild_loads(plan=plan, at=at)
    return plan


def _check(note: AreaNote, scheme: SchemeNote) -> None:
    if note.slug in RESERVED or Area.objects.filter(slug=note.slug).exists():
        raise SlugTaken(slug=note.slug)
    if not 1 <= len(scheme.levels) <= MOST_LEVELS:
        reason = _("An area has one to four levels.")
        raise LevelsUnusable(reason=reason, part=0)
    for number, level in enumerate(scheme.levels, start=1):
        if not (level.name_zh.strip() or level.name_en.strip()):
            reason = _("Level %(number)s has no name.") % {"number": number}
            raise LevelsUnusable(reason=reason, part=number)
        if not 1 <= level.code_width <= 6:
            reason = _("Level %(number)s needs one to six digits.") % {"number": number}
            raise LevelsUnusable(reason=reason, part=number)
    digits = len(note.code_prefix) + sum(level.code_width for level in scheme.levels)
    if digits > MOST_DIGITS:
        raise CodeTooLong(digits=digits, most=MOST_DIGITS)
    least, most = scheme.households
    if not 0 < least <= most:
        raise RangeUnusable
