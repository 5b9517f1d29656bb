"""An area out of nothing: who may, what is written, what an outline has to be."""

from typing import Any

import pytest
import shapely
from django.contrib.auth.models import Permission as Granted

from geogrid.accounts.errors import CodedError, NotAllowed
from geogrid.accounts.models import User
from geogrid.territory.actions import plan_residual
from geogrid.territory.founding import AreaNote, LevelNote, SchemeNote, establish_area
from geogrid.territory.models import Area, Authority, Grid, Plan, PlanEvent
from geogrid.territory.starting_errors import (
    CodeTooLong,
    LevelsUnusable,
    OutlineCrosses,
    OutlineNotJson,
    OutlineOutside,
    OutlineSwapped,
    OutlineTooShort,
    OutlineTooSmall,
    OutlineUnreadable,
    SlugTaken,
)
from geogrid.territory.typed_outlines import outline_of
from layers.datum.lattice import on_lattice
from tests.factories import FOUNDED, UserFactory

SQUARE = "113.25, 30.55\n113.27, 30.55\n113.27, 30.57\n113.25, 30.57"
LEVELS = (LevelNote("街道", "Sub-district", 2), LevelNote("社区", "Community", 3, fixed=True),
          LevelNote("网格", "Grid", 3))  # fmt: skip


def founder() -> User:
    user: User = UserFactory()
    user.user_permissions.add(Granted.objects.get(codename="add_area"))
    return user


def founded(by: User | None = None, **fields: Any) -> Plan:
    note = {"slug": "willow", "name": "柳溪镇", "code_prefix": "990102", "language": "zh-hans"}
    scheme = {"name": "综合网格", "levels": LEVELS}
    for name, value in fields.items():
        (scheme if name in SchemeNote.__slots__ and name != "name" else note)[name] = value
    return establish_area(
        note=AreaNote(**note),  # type: ignore[arg-type]
        scheme=SchemeNote(**scheme),  # type: ignore[arg-type]
        outline=outline_of(SQUARE),
        basis="drawn",
        by=by,
        at=FOUNDED,
    )


@pytest.mark.django_db
def test_the_first_draft_is_one_unassigned_grid_below_a_chain_of_parents() -> None:
    by = founder()
    plan = founded(by)
    assert plan_residual(plan) == 0
    rows = plan.grids.order_by("level").values_list("level", "code", "kind")
    assert list(rows) == [
        (1, "99010201", Grid.Kind.BASIC),
        (2, "99010201001", Grid.Kind.BASIC),
        (3, "99010201001001", Grid.Kind.UNASSIGNED),
    ]
    assert plan.boundary.boundary.equals_exact(plan.outline)
    assert Authority.objects.filter(user=by).values_list("role", flat=True).get() == "planner"
    started = PlanEvent.objects.get(plan=plan)
    assert (started.kind, started.by) == ("started", by)
    assert plan.scheme.four_eyes


@pytest.mark.django_db
def test_an_office_of_one_person_approves_itself() -> None:
    by = founder()
    plan = founded(by, one_person=True)
    roles = set(Authority.objects.filter(user=by).values_list("role", flat=True))
    assert roles == {"planner", "approver"} and not plan.scheme.four_eyes


@pytest.mark.django_db
def test_only_whom_the_installation_lets_may_found() -> None:
    with pytest.raises(NotAllowed):
        founded(UserFactory())
    assert not Area.objects.exists()
    founded(UserFactory(is_superuser=True))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "fields"),
    [
        (SlugTaken, {"slug": "new-area"}),
        (LevelsUnusable, {"levels": ()}),
        (LevelsUnusable, {"levels": (LevelNote("", " "),)}),
        (LevelsUnusable, {"levels": (LevelNote("网格", "Grid", 0),)}),
        (CodeTooLong, {"levels": (LevelNote("a", "a", 6),) * 4, "code_prefix": "1234567"}),
    ],
)
def test_what_cannot_be_founded_leaves_nothing(
    error: type[CodedError], fields: dict[str, Any]
) -> None:
    with pytest.raises(error):
        founded(**fields)
    assert not Area.objects.exists()


@pytest.mark.django_db
def test_a_short_name_is_given_once() -> None:
    founded()
    with pytest.raises(SlugTaken):
        founded()
    assert Area.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", OutlineTooShort),
        ("113.25, 30.55\n113.27, 30.55", OutlineTooShort),
        ("113.25, 30.55\nhere", OutlineUnreadable),
        ("30.55, 113.25\n30.55, 113.27\n30.57, 113.27", OutlineSwapped),
        ("113.25, 30.55\n113.27, 30.57\n113.27, 30.55\n113.25, 30.57", OutlineCrosses),
        ("113.25, 30.55\n113.2501, 30.55\n113.2501, 30.5501", OutlineTooSmall),
        ('{"type": "Point", "coordinates": [113.25, 30.55]}', OutlineNotJson),
        ('{"type": "Polygon"', OutlineNotJson),
    ],
)
def test_texts_that_are_no_outline(text: str, error: type[CodedError]) -> None:
    with pytest.raises(error) as refused:
        outline_of(text)
    assert str(refused.value)


def test_a_crossing_is_said_where() -> None:
    with pytest.raises(OutlineCrosses) as refused:
        outline_of("113.25, 30.55\n113.27, 30.57\n113.27, 30.55\n113.25, 30.57")
    assert refused.value.data["place"] == "30.560000, 113.260000"
    assert refused.value.data["where"]["type"] == "Point"


@pytest.mark.parametrize(
    "text",
    [
        SQUARE,
        SQUARE.replace(", ", " "),
        SQUARE.replace(", ", "，"),
        SQUARE + "\n113.25, 30.55\n",
        '{"type": "Polygon", "coordinates": [[[113.25, 30.55], [113.27, 30.55], [113.27, 30.57],'
        " [113.25, 30.57], [113.25, 30.55]]]}",
        "[[[113.25, 30.55], [113.27, 30.55], [113.27, 30.57], [113.25, 30.57], [113.25, 30.55]]]",
    ],
)
def test_ways_to_write_the_same_outline(text: str) -> None:
    outline = outline_of(text)
    assert outline.equals(shapely.box(113.25, 30.55, 113.27, 30.57))
    assert on_lattice(outline).all()


def test_an_empty_line_begins_another_piece() -> None:
    island = "\n\n113.30, 30.55\n113.31, 30.55\n113.31, 30.56"
    assert len(outline_of(SQUARE + island).geoms) == 2


def test_beyond_the_window(settings: Any) -> None:
    settings.GEOGRID_WINDOW = ["113", "30", "113.26", "31"]
    with pytest.raises(OutlineOutside):
        outline_of(SQUARE)
