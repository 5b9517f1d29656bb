"""A list drawn on the ground of the database becomes a draft: codes, lineages, communities."""

from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone

from geogrid.coverage.refinement import departures
from geogrid.territory.actions import plan_residual
from geogrid.territory.geometry import to_shapely
from geogrid.territory.listed_corrections import corrected, with_communities
from geogrid.territory.listed_draft import Goes, ListSource, goes_on, write_listed
from geogrid.territory.listed_errors import NothingListed
from geogrid.territory.listed_plan import ListedPlan, draw_listing
from geogrid.territory.listed_town import ground_town, units_above
from geogrid.territory.listing import GridRow, items_of, read_listing
from geogrid.territory.listing_file import read_rows
from geogrid.territory.models import Plan, Scheme
from tests.factories import now, town

LIST = Path(__file__).parents[2] / "fixtures/jinghu/grids_list.csv"


def drawn_on(scheme: Scheme, base: Plan | None, *, spread: bool = True) -> ListedPlan:
    units = units_above(base)
    boundary = scheme.area.boundaries.latest("valid_from")
    ground = ground_town(boundary, units, base=base)
    listing = with_communities(
        read_listing(read_rows(LIST)), [(unit.code, unit.named.name) for unit in units]
    )
    steps = [] if spread else [{"kind": "land", "to": "unassigned"}]
    done = corrected(listing, steps)
    return draw_listing(done.listing, ground, decisions=done.decisions)


def written(scheme: Scheme, drawn: ListedPlan, base: Plan | None) -> Plan:
    return write_listed(
        scheme=scheme,
        boundary=scheme.area.boundaries.latest("valid_from"),
        drawn=drawn,
        base=base,
        pieces={},
        source=ListSource("划分表.xlsx", "0" * 64),
        by=None,
        at=timezone.now(),
        name="按清单",
    )


@pytest.fixture
def jinghu(demo_towns: None) -> Scheme:
    return Scheme.objects.get(area__slug="jinghu", general=True)


def test_on_the_plan_in_force_and_on_nothing(jinghu: Scheme) -> None:
    base = Plan.objects.in_force(timezone.now()).get(scheme=jinghu)
    drawn = drawn_on(jinghu, base)
    assert drawn.items_in_grid >= drawn.items - 4
    plan = written(jinghu, drawn, base)
    assert plan_residual(plan) == 0
    assert plan.based_on == base
    # No community moved, and what goes on under its name goes on.
    old = dict(base.grids.filter(level=1).values_list("lineage", "fixed_boundary"))
    new = dict(plan.grids.filter(level=1).values_list("lineage", "boundary"))
    assert old.keys() == new.keys()
    for lineage, boundary in old.items():
        assert not len(departures(to_shapely(boundary), to_shapely(new[lineage])))
    names = dict(base.grids.leaves().values_list("name", "lineage"))
    for name, lineage, code in plan.grids.leaves().values_list("name", "lineage", "code"):
        assert names[name] == lineage
        assert code == base.grids.get(lineage=lineage).code
    told = plan.events.get()
    assert (told.data["format"], told.data["grids"]) == ("list", 40)

    alone = written(jinghu, drawn_on(jinghu, None, spread=False), None)
    assert plan_residual(alone) == 0
    assert alone.grids.filter(level=1).count() == 8
    assert alone.grids.leaves().filter(kind="unassigned").exists()


@pytest.mark.django_db
def test_a_list_of_which_nothing_is_found() -> None:
    scheme = town().scheme
    base = Plan.objects.in_force(now()).get(scheme=scheme)
    with pytest.raises(NothingListed):
        written(scheme, drawn_on(scheme, base), base)
    assert scheme.plans.count() == 1


def row(code: str, name: str) -> GridRow:
    return GridRow(code, name, "", tuple(items_of("人民路")), 2)


def test_who_goes_on_from_whom() -> None:
    def old(code: str, name: str, parent: str = "N") -> Goes:
        return Goes(code, name, code[-2:], "basic", uuid4(), parent)

    before = [old("N01", "北苑第1网格"), old("N02", "北苑第2网格"), old("S02", "南苑", "S")]
    rows = [row("", "第2网格"), row("N01", "新名"), row("N02", "南苑"), row("", "第9网格")]
    found = goes_on(rows, ["N", "N", "S", "N"], before)
    # The code is another community's: the name tells more.
    assert {at: one.code for at, one in found.items()} == {0: "N02", 1: "N01", 2: "S02"}
