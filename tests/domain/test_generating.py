"""Grids out of compounds alone, and out of a plan that exists: communities stay, so do posts."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import shapely
from django.db.models import Sum
from django.utils import timezone

from geogrid.accounts.errors import CodedError
from geogrid.coverage.refinement import departures
from geogrid.desks.planner.starting.homes_forms import TableForm
from geogrid.territory import actions
from geogrid.territory.actions import plan_residual
from geogrid.territory.founding import AreaNote, LevelNote, SchemeNote, establish_area
from geogrid.territory.generated import Generated, Wish
from geogrid.territory.generated_proposals import ask, compute, proposal_of, rows_of
from geogrid.territory.generating import generate, write_generated
from geogrid.territory.geometry import to_shapely
from geogrid.territory.homes import HomeNote, change_homes, draw_homes, homes_of, remove_homes
from geogrid.territory.homes_errors import (
    HomeOutside,
    HomesInTotal,
    HomesRegistered,
    RowsTooMany,
    RowUnreadable,
)
from geogrid.territory.loads import rebuild_loads
from geogrid.territory.models import Area, Grid, Plan, PlanLoad, Scheme
from geogrid.territory.starting_errors import GeneratedOutdated, NoHomes, NothingToDivide
from geogrid.territory.typed_outlines import outline_of
from layers.basemap.models import Source
from layers.intake.models import Upload
from layers.places.models import Building
from tests.domain.editing import house
from tests.factories import FOUNDED, town

pytestmark = pytest.mark.django_db
WEST, SOUTH, STEP = 113.25, 30.55, 0.004
DAY = date(2026, 3, 1)
LEVELS = (LevelNote("社区", "Community", 3, True), LevelNote("网格", "Grid"))


def note(along: float, up: float, households: int, *, drawn: bool = True) -> HomeNote:
    x, y = WEST + along * STEP, SOUTH + up * STEP
    shape = shapely.box(x, y, x + STEP / 2, y + STEP / 2) if drawn else shapely.Point(x, y)
    return HomeNote(f"小区{along}-{up}", households, shape, "物业名单", DAY)


@pytest.fixture
def scheme() -> Scheme:
    plan = establish_area(
        note=AreaNote(slug="willow", name="柳溪街道", code_prefix="99", language="zh-hans"),
        scheme=SchemeNote("综合网格", LEVELS),
        outline=outline_of("113.25, 30.55\n113.27, 30.55\n113.27, 30.57\n113.25, 30.57"),
        basis="drawn", by=None, at=FOUNDED,
    )  # fmt: skip
    return plan.scheme


@pytest.fixture
def compounds(scheme: Scheme) -> Scheme:
    """Sixteen compounds of 100 households, every other one a point; no street, no building."""
    notes = [
        note(along + 0.5, up + 0.5, 100, drawn=(along + up) % 2 == 0)
        for along in range(4)
        for up in range(4)
    ]
    draw_homes(area=scheme.area, notes=notes, by=None, at=FOUNDED)
    return scheme


def test_homes_count_in_every_open_plan(compounds: Scheme) -> None:
    load = PlanLoad.objects.get()
    assert (load.dwellings, load.dwellings_origin) == (1600, "counted")
    one = homes_of(compounds.area)[0]
    change_homes(area=compounds.area, key=one.key, note=note(0.5, 0.5, 40), by=None, at=FOUNDED)
    assert PlanLoad.objects.get().dwellings == 1540
    last = homes_of(compounds.area)[-1]
    remove_homes(area=compounds.area, key=last.key, by=None, at=FOUNDED)
    assert PlanLoad.objects.get().dwellings == 1440
    assert Source.objects.count() == 1  # one for everything counted by the same, the same day


def test_a_compound_elsewhere_is_refused_and_nothing_is_written(scheme: Scheme) -> None:
    with pytest.raises(HomeOutside):
        draw_homes(area=scheme.area, notes=[note(1, 1, 10), note(9, 9, 10)], by=None, at=FOUNDED)
    assert not Building.objects.exists()


def test_registered_buildings_get_a_total_once(scheme: Scheme) -> None:
    source = Source.objects.create(
        code="osm", name="", attribution="", licence="", imported_at=FOUNDED
    )
    for number, dwellings in enumerate((10, 20, 3)):
        Building.objects.create(
            source=source, dwellings=dwellings,
            anchor=f"SRID=4326;POINT({WEST + 0.0021 + number / 10_000} {SOUTH + 0.0021})",
        )  # fmt: skip
    drawn = note(0.5, 0.5, 100)
    with pytest.raises(HomesRegistered) as refused:
        draw_homes(area=scheme.area, notes=[drawn], by=None, at=FOUNDED)
    assert refused.value.data["dwellings"] == 33
    (key,) = draw_homes(area=scheme.area, notes=[drawn], by=None, at=FOUNDED, as_total=True)
    figures = Building.objects.order_by("pk").values_list("dwellings", "dwellings_origin")
    assert list(figures) == [(30, "counted"), (61, "counted"), (9, "counted")]
    assert PlanLoad.objects.get().dwellings == 100
    assert [(one.total, one.now) for one in homes_of(scheme.area)] == [(True, 100)]
    remove_homes(area=scheme.area, key=key, by=None, at=FOUNDED)
    assert list(Building.objects.order_by("pk").values_list("dwellings", flat=True)) == [10, 20, 3]


def building(along: float, dwellings: int, code: str = "osm") -> Building:
    known = {"name": "", "attribution": "", "licence": "", "imported_at": FOUNDED}
    source, _ = Source.objects.get_or_create(code=code, defaults=known)
    where = f"SRID=4326;POINT({WEST + along * STEP} {SOUTH + 1.1 * STEP})"
    return Building.objects.create(source=source, dwellings=dwellings, anchor=where)


def test_an_outline_over_the_border_rewrites_nobodys_buildings(scheme: Scheme) -> None:
    inside, beyond = building(4.9, 20), building(5.5, 100)
    shape = shapely.box(WEST + 4.5 * STEP, SOUTH + STEP, WEST + 6 * STEP, SOUTH + 1.3 * STEP)
    wide = HomeNote("跨界小区", 10, shape, "物业名单", DAY)
    with pytest.raises(HomeOutside):
        draw_homes(area=scheme.area, notes=[wide], by=None, at=FOUNDED, as_total=True)
    inside.refresh_from_db()
    beyond.refresh_from_db()
    assert (inside.dwellings, beyond.dwellings) == (20, 100)


def test_a_building_is_in_one_total_and_gets_its_figure_back(scheme: Scheme) -> None:
    one, other = building(0.55, 100), building(0.6, 50)
    drawn = HomeNote("东苑", 30, note(0.5, 1, 1).shape, "物业名单", DAY)
    asked: dict[str, Any] = {"area": scheme.area, "by": None, "at": FOUNDED}
    (key,) = draw_homes(notes=[drawn], as_total=True, **asked)
    with pytest.raises(HomesInTotal) as refused:
        draw_homes(notes=[drawn], as_total=True, **asked)
    assert refused.value.data["other"] == "东苑"
    Building.objects.filter(pk=other.pk).update(dwellings=44)  # an import after it
    remove_homes(key=key, **asked)
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.dwellings, other.dwellings) == (100, 44)


def test_many_rows_ask_no_more_than_few(scheme: Scheme, django_assert_max_num_queries: Any) -> None:
    many = [
        HomeNote(f"{n}", 1, shapely.Point(WEST + n * 1e-6, SOUTH + 1e-3), "名单", DAY)
        for n in range(2, 400)
    ]
    with django_assert_max_num_queries(30):
        keys = draw_homes(area=scheme.area, notes=many, by=None, at=FOUNDED)
    names = {f"b{pk}": name for pk, name in Building.objects.values_list("pk", "name")}
    assert [names[key] for key in keys] == [one.name for one in many]


def test_a_pasted_table_is_taken_whole_or_not_at_all() -> None:
    def notes(*lines: str) -> int:
        form = TableForm({"rows": "\n".join(lines), "basis": "名单", "as_of": "2026-03-01"})
        assert form.is_valid()
        return len(form.notes())

    row = "东苑,113.25,30.55,12"
    assert notes("name,x,y,n", *[row] * 2000) == 2000
    with pytest.raises(RowsTooMany):
        notes(*[row] * 2002)
    with pytest.raises(RowUnreadable):
        notes("东苑,113.25,30.55,1000001")


def test_a_retired_plan_keeps_the_figures_it_was_approved_on() -> None:
    term = town()
    area = term.scheme.area
    x, y = to_shapely(term.plan.grids.leaves()[0].boundary).representative_point().coords[0]
    home = HomeNote("东苑", 40, shapely.Point(round(x, 7), round(y, 7)), "名单", DAY)
    rebuild_loads(plan=term.plan, at=FOUNDED)
    ended = timezone.now() + timedelta(days=30)
    before = PlanLoad.objects.filter(grid__plan=term.plan).aggregate(n=Sum("dwellings"))["n"]
    draw_homes(area=area, notes=[home], by=None, at=FOUNDED + timedelta(days=1))
    running = PlanLoad.objects.filter(grid__plan=term.plan).aggregate(n=Sum("dwellings"))["n"]
    assert running > before
    type(term).objects.filter(pk=term.pk).update(during=(FOUNDED, ended))
    draw_homes(area=area, notes=[home], by=None, at=ended)
    after = PlanLoad.objects.filter(grid__plan=term.plan).aggregate(n=Sum("dwellings"))["n"]
    assert after == running


@pytest.mark.parametrize("base", [0, 1])
def test_grids_without_a_street_or_a_building(compounds: Scheme, base: int) -> None:
    found = generate(scheme=compounds, wish=Wish(300, 500, base=base, keep="anew"))
    assert sum(one.dwellings for one in found.pieces) == 1600
    assert all(300 <= one.dwellings <= 500 for one in found.pieces)
    plan = write_generated(scheme=compounds, generated=found, by=None, at=FOUNDED)
    assert plan_residual(plan) == 0
    assert not plan.grids.filter(kind=Grid.Kind.UNASSIGNED).exists()
    loads = plan.grids.leaves().values_list("load__dwellings", flat=True)
    assert sorted(loads) == sorted(one.dwellings for one in found.pieces)
    actions.propose(plan=plan, by=None, at=FOUNDED)
    # nobody's compound is cut
    for row in Building.objects.filter(footprint__isnull=False):
        owners = plan.grids.leaves().filter(boundary__covers=row.anchor)
        land = to_shapely(owners.get().boundary).intersection(to_shapely(row.footprint))
        assert land.area > 0.99 * to_shapely(row.footprint).area


def test_nobody_to_balance(scheme: Scheme) -> None:
    for base in (0, 1):
        with pytest.raises(NoHomes):
            generate(scheme=scheme, wish=Wish(200, 300, base=base))


@pytest.fixture
def divided() -> Plan:
    """The four grids of the small town with twelve houses; a: 1-4, b: 5-6, c: 7-10, d: 11-12."""
    plan = town().plan
    for along, up, dwellings in (
        (0.3, 3.5, 60), (1.5, 3.5, 60), (0.3, 2.4, 60), (1.5, 2.4, 60),
        (2.5, 3.5, 50), (3.5, 2.4, 50),
        (0.3, 1.5, 60), (1.5, 1.5, 60), (0.3, 0.4, 60), (2.4, 0.4, 60),
        (2.5, 1.4, 50), (3.5, 0.4, 50),
    ):  # fmt: skip
        house(along, up, dwellings)
    rebuild_loads(plan=plan, at=FOUNDED)
    return plan


def asked(plan: Plan, **changes: Any) -> Wish:
    return Wish(**({"least": 80, "most": 200, "base": plan.number} | changes))


@pytest.mark.parametrize("keep", ["near", "rounder", "anew"])
def test_communities_stay_to_the_last_vertex_but_for_refinement(divided: Plan, keep: str) -> None:
    found = generate(scheme=divided.scheme, wish=asked(divided, keep=keep))
    plan = write_generated(scheme=divided.scheme, generated=found, by=None, at=FOUNDED)
    assert plan_residual(plan) == 0 and plan.based_on == divided
    for before in divided.grids.filter(level=1):
        after = plan.grids.get(lineage=before.lineage)
        assert (after.code, after.name) == (before.code, before.name)
        assert to_shapely(after.boundary).equals(to_shapely(before.boundary))
    actions.propose(plan=plan, by=None, at=FOUNDED)


def test_what_is_in_range_stays_where_little_is_to_change(divided: Plan) -> None:
    found = generate(scheme=divided.scheme, wish=asked(divided))
    plan = write_generated(scheme=divided.scheme, generated=found, by=None, at=FOUNDED)
    before = dict(divided.grids.leaves().values_list("lineage", "code"))
    after = dict(plan.grids.leaves().values_list("lineage", "code"))
    assert set(before) <= set(after) and all(after[one] == before[one] for one in before)
    assert len(set(after.values())) == len(after)
    assert found.moved == 120  # a house from each grid that had too many
    names = dict(plan.grids.leaves().values_list("code", "name"))
    assert len(set(names.values())) == len(names)


def test_inside_one_community_the_others_do_not_move(divided: Plan) -> None:
    north, south = divided.grids.filter(level=1).order_by("code")
    wish = asked(divided, inside=(str(north.lineage),), keep="anew", most=120)
    found = generate(scheme=divided.scheme, wish=wish)
    kept = [one for one in found.pieces if one.parent == south.lineage]
    assert len(kept) == 2 and all(one.kept and one.origin for one in kept)
    assert len([one for one in found.pieces if one.parent == north.lineage]) >= 3


def test_dedicated_and_chosen_grids_stay(divided: Plan) -> None:
    a, b, c, d = divided.grids.leaves().order_by("code")
    wish = asked(divided, untouched=(str(a.lineage), str(c.lineage)), keep="anew", least=1, most=60)
    found = generate(scheme=divided.scheme, wish=wish)
    same = {one.origin for one in found.pieces if one.kept}
    assert {a.lineage, c.lineage} <= same
    with pytest.raises(NothingToDivide):
        everything = tuple(str(one.lineage) for one in (a, b, c, d))
        generate(scheme=divided.scheme, wish=asked(divided, untouched=everything))


def test_a_proposal_survives_being_kept(divided: Plan) -> None:
    found = generate(scheme=divided.scheme, wish=asked(divided))
    again = Generated.of(found.as_dict())
    assert again.wish == found.wish and again.pieces == found.pieces
    assert again.outline.equals_exact(found.outline)


def test_small_ground_is_computed_at_once_large_ground_by_the_worker(
    divided: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheme = divided.scheme
    row = ask(scheme=scheme, wish=asked(divided), by=None, at=FOUNDED)
    assert row.report["state"] == "done" and row.report["dwellings"] == 680
    assert {one["code"] for one in rows_of(scheme, proposal_of(row))} >= set(
        divided.grids.leaves().values_list("code", flat=True)
    )
    monkeypatch.setattr("geogrid.territory.generated_proposals.AT_ONCE", 3)
    waiting = ask(scheme=scheme, wish=asked(divided), by=None, at=FOUNDED)
    assert waiting.report == {"state": "waiting"}
    for _ in range(2):  # a worker that died is followed by another one
        compute(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.report["state"] == "done"
    refused = ask(scheme=scheme, wish=asked(divided, untouched=tuple(
        str(one) for one in divided.grids.leaves().values_list("lineage", flat=True)
    )), by=None, at=FOUNDED)  # fmt: skip
    compute(refused.pk)
    refused.refresh_from_db()
    assert refused.report["code"] == "territory.nothing_to_divide"


def test_a_proposal_whose_plan_was_edited_is_outdated(divided: Plan) -> None:
    found = generate(scheme=divided.scheme, wish=asked(divided))
    assert Generated.of(found.as_dict()).revision == divided.revision
    found = replace(found, revision=divided.revision - 1)  # one edit came after it
    with pytest.raises(GeneratedOutdated):
        rows_of(divided.scheme, found)
    with pytest.raises(GeneratedOutdated):
        write_generated(scheme=divided.scheme, generated=found, by=None, at=FOUNDED)


def test_what_breaks_off_is_told_and_what_was_discarded_leaves_no_file(
    divided: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geogrid.territory.generated_proposals.AT_ONCE", 0)

    def breaks(**wish: Any) -> Generated:
        raise ValueError

    monkeypatch.setattr("geogrid.territory.generated_proposals.generate", breaks)
    upload = ask(scheme=divided.scheme, wish=asked(divided), by=None, at=FOUNDED)
    compute(upload.pk)
    upload.refresh_from_db()
    assert upload.report["state"] == "refused"
    assert "ValueError" in upload.report["message"]

    def gone(**wish: Any) -> Generated:
        Upload.objects.all().delete()
        return generate(**wish)

    monkeypatch.setattr("geogrid.territory.generated_proposals.generate", gone)
    compute(upload.pk)
    assert not Upload.objects.exists()


def test_codes_of_other_plans_are_not_given_again(divided: Plan) -> None:
    first = write_generated(
        scheme=divided.scheme, at=FOUNDED, by=None,
        generated=generate(scheme=divided.scheme, wish=asked(divided, keep="anew", most=100)),
    )  # fmt: skip
    actions.propose(plan=first, by=None, at=FOUNDED)
    burnt = dict(first.grids.values_list("code", "lineage"))
    second = write_generated(
        scheme=divided.scheme, at=FOUNDED, by=None,
        generated=generate(scheme=divided.scheme, wish=asked(divided, keep="anew", most=100)),
    )  # fmt: skip
    for code, lineage in second.grids.values_list("code", "lineage"):
        assert burnt.get(code, lineage) == lineage


def test_errors_speak() -> None:
    for error in (HomeOutside(name="a", area="b"), NoHomes(area="b"), NothingToDivide()):
        assert isinstance(error, CodedError) and str(error)
    assert Upload.objects.count() == 0 and Area.objects.count() == 0


def test_a_locked_grid_stays_and_stays_locked_in_a_draft_that_follows_a_draft(
    compounds: Scheme,
) -> None:
    first = generate(scheme=compounds, wish=Wish(least=200, most=400))
    plan = write_generated(scheme=compounds, generated=first, by=None, at=FOUNDED)
    held = plan.grids.leaves().order_by("code")[0]
    plan.grids.filter(pk=held.pk).update(locked=True, lock_reason="agreed", range_reason="a school")
    wish = Wish(least=100, most=200, base=plan.number, keep="anew")
    again = write_generated(
        scheme=compounds, generated=generate(scheme=compounds, wish=wish), by=None, at=FOUNDED
    )
    kept = again.grids.get(lineage=held.lineage)
    assert not len(departures(to_shapely(held.boundary), to_shapely(kept.boundary)))
    assert again.grids.leaves().count() > plan.grids.leaves().count()
    assert (kept.locked, kept.lock_reason, kept.range_reason) == (True, "agreed", "a school")
