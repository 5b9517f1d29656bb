"""Rows for tests. Shapes come from pictures, so that neighbours touch exactly.

`town()` is what most tests want: an area whose plan is in force, with people who answer for it.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import factory
import shapely
from django.contrib.gis.geos import Point
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from factory.django import DjangoModelFactory

from geogrid.accounts.models import User
from geogrid.coverage.nesting import union
from geogrid.duty.models import Contact, Post, PostRole, Worker
from geogrid.publishing.actions import disclose
from geogrid.publishing.models import Disclosure
from geogrid.territory import actions as territory
from geogrid.territory.geometry import from_shapely
from geogrid.territory.models import (
    Area,
    AreaBoundary,
    Authority,
    Grid,
    GridCode,
    Level,
    Plan,
    Scheme,
    Term,
)
from layers.basemap.models import Source
from layers.geocoding.normalise import search_key
from layers.places.models import Address, Hospital, School, Shop
from tests.pictures import picture

FOUNDED = datetime(2026, 3, 1, tzinfo=UTC)
# Each letter is a grid; the upper-case picture says which community it is in.
GRIDS = """
    aabb
    aabb
    ccdd
    cccd
"""
COMMUNITIES = {"a": "N", "b": "N", "c": "S", "d": "S"}


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"user{n}")
    display_name = factory.LazyAttribute(lambda user: user.username.title())


class SourceFactory(DjangoModelFactory):
    class Meta:
        model = Source
        django_get_or_create = ("code",)

    code = "survey"
    name = "Survey"
    attribution = "Survey office"
    licence = "own"
    imported_at = FOUNDED


class AreaFactory(DjangoModelFactory):
    class Meta:
        model = Area

    slug = factory.Sequence(lambda n: f"town{n}")
    name = "镜湖街道"
    kind = Area.Kind.STREET
    code_prefix = "110101001"
    language = "zh-hans"
    timezone = "Asia/Shanghai"
    calendar = "CN"
    office_phone = "000 0000 0190"
    supervision_phone = "000 0000 0199"
    fictional = True
    attribution = "© OpenStreetMap contributors"


class SchemeFactory(DjangoModelFactory):
    class Meta:
        model = Scheme
        skip_postgeneration_save = True

    area = factory.SubFactory(AreaFactory)
    code = "general"
    name = "综合网格"

    @factory.post_generation
    def levels(scheme, create: bool, extracted: Any, **kwargs: Any) -> None:
        Level.objects.create(
            scheme=scheme, depth=1, name_zh="社区", name_en="Community", fixed=True
        )
        Level.objects.create(scheme=scheme, depth=2, name_zh="网格", name_en="Grid")


class WorkerFactory(DjangoModelFactory):
    class Meta:
        model = Worker

    area = factory.SubFactory(AreaFactory)
    name = factory.Sequence(lambda n: f"郝帮忙{n}")
    duties = "走访、消防与卫生检查"
    hours = "8:00–18:00"
    face = 3


class PlaceFactory(DjangoModelFactory):
    class Meta:
        abstract = True

    source = factory.SubFactory(SourceFactory)
    anchor = factory.LazyFunction(lambda: Point(113.0001, 30.0001, srid=4326))


class ShopFactory(PlaceFactory):
    class Meta:
        model = Shop

    name = "便民超市"
    kind = "supermarket"


class SchoolFactory(PlaceFactory):
    class Meta:
        model = School

    name = "镜湖小学"
    kind = "school"


class HospitalFactory(PlaceFactory):
    class Meta:
        model = Hospital

    name = "古城卫生站"
    kind = "clinic"


class AddressFactory(PlaceFactory):
    class Meta:
        model = Address

    street = "钟楼街"
    house = "12"
    unit = ""
    text = factory.LazyAttribute(lambda row: f"{row.street}{row.house}号")
    search = factory.LazyAttribute(lambda row: search_key(row.street, row.house, row.unit))


def draft_plan(
    scheme: Scheme,
    shapes: Mapping[str, shapely.Geometry] | None = None,
    communities: Mapping[str, str] | None = None,
    at: datetime = FOUNDED,
    **grid: Any,
) -> Plan:
    """Return a draft of two levels: a community per upper-case letter, a grid per letter."""
    shapes = shapes if shapes is not None else picture(GRIDS)
    communities = communities or COMMUNITIES
    outline = union(list(shapes.values()))
    boundary, _ = AreaBoundary.objects.get_or_create(
        area=scheme.area,
        valid_from=date(2026, 3, 1),
        defaults={"boundary": from_shapely(outline, multi=True)},
    )
    prefix = scheme.area.code_prefix
    tops = sorted({communities[letter] for letter in shapes})
    codes = {top: f"{prefix}{number:03d}" for number, top in enumerate(tops, start=1)}
    # The next plan of a scheme holds the same grids: a code never goes to another one.
    known = {code: {"lineage": lineage} for code, lineage in
             GridCode.objects.filter(scheme=scheme).values_list("code", "lineage")}  # fmt: skip
    grids = [
        territory.NewGrid(1, code, code[-3:], f"{top}社区", **known.get(code, {}))
        for top, code in codes.items()
    ]
    for number, (letter, shape) in enumerate(sorted(shapes.items()), start=1):
        parent = codes[communities[letter]]
        code = f"{parent}{number:03d}"
        grids.append(
            territory.NewGrid(
                2, code, f"{number:02d}", f"{communities[letter]}社区第{number}网格",
                parent=parent, shape=shape, **known.get(code, {}), **grid,
            )
        )  # fmt: skip
    return territory.start_plan(
        scheme=scheme, boundary=boundary, outline=outline, grids=grids, by=None, at=at
    )


def approved_plan(scheme: Scheme, **drawing: Any) -> Plan:
    plan = draft_plan(scheme, **drawing)
    at = drawing.get("at", FOUNDED)
    territory.propose(plan=plan, by=None, at=at)
    territory.approve(plan=plan, by=None, at=at)
    return plan


def plan_in_force(scheme: Scheme, at: datetime = FOUNDED, **drawing: Any) -> Term:
    """Return the running term of a new plan; nobody needs to answer for its grids."""
    plan = approved_plan(scheme, at=at, **drawing)
    return territory.enter_force(plan=plan, by=None, at=at, backdated=True)


def post(grid: Grid, role: str = "worker", *, worker: Worker | None = None, **fields: Any) -> Post:
    """Return a post over `grid` since the founding; without a worker give `vacancy_reason`."""
    return Post.objects.create(
        scheme=grid.plan.scheme,
        lineage=grid.lineage,
        role=PostRole.objects.get(code=role),
        worker=worker,
        during=fields.pop("during", DateTimeTZRange(FOUNDED, None)),
        **fields,
    )


def shown_worker(area: Area, *, phone: str = "000 0000 0103", **fields: Any) -> Worker:
    """Return a worker whose name, portrait, duty phone and duties may all be shown."""
    worker = WorkerFactory(area=area, **fields)
    Contact.objects.create(worker=worker, kind=Contact.Kind.DUTY_PHONE, value=phone)
    for fact in Disclosure.Fact.values:
        disclose(worker=worker, field=fact, basis="岗位公示规定", by=None, at=FOUNDED)
    return worker


def town(slug: str = "mirror-lake", **area: Any) -> Term:
    """Return the term of a plan in force whose grids each have a worker, each community a chief."""
    place = AreaFactory(slug=slug, **area)
    scheme = SchemeFactory(area=place)
    term = plan_in_force(scheme)
    for number, grid in enumerate(term.plan.grids.order_by("code")):
        role = "chief" if grid.level == 1 else "worker"
        phone = f"000 0000 01{number:02d}"
        post(grid, role, worker=shown_worker(place, phone=phone, name=f"{role}{number}"))
    return term


def authorise(user: User, scheme: Scheme, role: str) -> Authority:
    return Authority.objects.create(user=user, scheme=scheme, role=role)


def now() -> datetime:
    return timezone.now()
