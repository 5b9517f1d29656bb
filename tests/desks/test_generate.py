"""Generated grids and drawn compounds at the desk: forms, preview, draft."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from geogrid.outbox.models import Job
from geogrid.outbox.working import run_one
from geogrid.territory.geometry import from_shapely
from geogrid.territory.homes import homes_of
from geogrid.territory.loads import rebuild_loads
from geogrid.territory.models import AreaBoundary, Plan, PlanLoad, Term
from layers.intake.models import Upload
from layers.places.models import Building
from tests.desks.drafting import queries, signed_in
from tests.domain.editing import house, spot
from tests.factories import FOUNDED, town

pytestmark = pytest.mark.django_db
WISH = {"least": "80", "most": "200", "keep": "near", "barriers": "usual", "dedicated": "on"}


@pytest.fixture
def term() -> Term:
    running = town()
    for along, up in ((0.3, 3.5), (1.5, 3.5), (0.3, 2.4), (2.5, 3.5), (0.3, 1.5), (2.4, 0.4)):
        house(along, up, 60)
    rebuild_loads(plan=running.plan, at=FOUNDED)
    return running


@pytest.fixture
def desk(term: Term) -> Client:
    return signed_in(term.scheme)[0]


def page(term: Term, name: str, *more: Any) -> str:
    return reverse(f"planner:{name}", args=[term.scheme.area.slug, *more])


def points(*spots: tuple[float, float]) -> str:
    return "\n".join("{:.7f}, {:.7f}".format(*spot(*one)) for one in spots)


def test_a_wish_becomes_a_preview_and_then_a_draft(desk: Client, term: Term) -> None:
    assert desk.get(page(term, "generate")).context["begin"] == "1"
    answer = desk.post(page(term, "generate"), WISH | {"base": "1"})
    upload = Upload.objects.get()
    assert answer["Location"] == page(term, "generated", upload.pk)
    shown = desk.get(answer["Location"])
    assert shown.context["report"]["dwellings"] == 360
    assert len(shown.context["rows"]) == shown.context["report"]["grids"]
    told = desk.get(page(term, "generated_map", upload.pk)).json()
    assert len(told["grids"]["features"]) == shown.context["report"]["grids"]
    assert len(told["before"]) == 4
    assert Plan.objects.count() == 1
    made = desk.post(answer["Location"], {"name": "Herbst"})
    plan = Plan.objects.get(name="Herbst")
    assert made["Location"] == page(term, "draft", plan.number)
    assert not Upload.objects.exists()
    assert desk.get(page(term, "drafts")).status_code == 200


def test_a_proposal_of_a_draft_that_was_edited_can_only_be_discarded(
    desk: Client, term: Term
) -> None:
    desk.post(page(term, "generate"), WISH | {"base": "1"})
    where = page(term, "generated", Upload.objects.get().pk)
    desk.post(where, {"name": "Entwurf"})
    desk.post(page(term, "generate"), WISH | {"base": "2"})
    upload = Upload.objects.get()
    where = page(term, "generated", upload.pk)
    Plan.objects.filter(number=2).update(revision=7)
    assert desk.get(where).context["state"] == "refused"
    assert desk.get(page(term, "generated_map", upload.pk)).status_code == 409
    assert desk.post(where, {"name": "x"}).status_code == 409
    assert Plan.objects.count() == 2
    desk.post(where, {"discard": "1"})
    assert not Upload.objects.exists()


def test_discarding_a_proposal_writes_nothing(desk: Client, term: Term) -> None:
    answer = desk.post(page(term, "generate"), WISH | {"base": "1"})
    assert desk.post(answer["Location"], {"discard": "1"})["Location"] == page(term, "generate")
    assert Plan.objects.count() == 1 and not Upload.objects.exists()


def test_a_large_wish_waits_for_the_worker(
    desk: Client, term: Term, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geogrid.territory.generated_proposals.AT_ONCE", 1)
    answer = desk.post(page(term, "generate"), WISH | {"base": "1"})
    waiting = desk.get(answer["Location"])
    assert "data-waiting" in waiting.content.decode()
    upload = Upload.objects.get()
    assert desk.get(page(term, "generated_map", upload.pk)).json() == {"state": "waiting"}
    assert Job.objects.filter(kind="territory.generate").count() == 1
    while run_one():
        pass
    assert desk.get(answer["Location"]).context["state"] == "done"


def test_what_cannot_be_generated_is_said(desk: Client, term: Term) -> None:
    answer = desk.post(page(term, "generate"), WISH | {"base": "1", "least": "300"})
    assert answer.status_code == 400 and "most" in answer.context["form"].errors
    everything = [str(one) for one in term.plan.grids.leaves().values_list("lineage", flat=True)]
    answer = desk.post(page(term, "generate"), WISH | {"base": "1", "untouched": everything})
    assert answer.status_code == 409 and answer.context["form"].non_field_errors()
    assert not Upload.objects.exists()


def test_a_proposal_is_its_askers_alone(desk: Client, term: Term) -> None:
    answer = desk.post(page(term, "generate"), WISH | {"base": "1"})
    other, _user = signed_in(term.scheme)
    assert other.get(answer["Location"]).status_code == 404
    office, _user = signed_in(term.scheme, "dispatcher")
    assert office.get(page(term, "generate")).status_code == 403


def test_pages_need_few_queries(desk: Client, term: Term) -> None:
    answer = desk.post(page(term, "generate"), WISH | {"base": "1"})
    for address in (
        page(term, "generate"), answer["Location"], page(term, "homes"), page(term, "drafts"),
        page(term, "outline_version"),
    ):  # fmt: skip
        assert queries(lambda address=address: desk.get(address)) <= 30, address


HOME = {"name": "南苑", "households": "90", "basis": "物业名单", "as_of": "2026-03-01"}


def test_a_compound_is_drawn_changed_and_taken_away(desk: Client, term: Term) -> None:
    outline = points((3.1, 0.1), (3.9, 0.1), (3.9, 0.9))
    assert desk.post(page(term, "homes"), HOME | {"points": outline}).status_code == 302
    row = Building.objects.get(kind="compound")
    assert (row.dwellings, row.dwellings_origin, row.source.name) == (90, "counted", "物业名单")
    assert PlanLoad.objects.filter(dwellings__gte=90, grid__boundary__covers=row.anchor).exists()
    (one,) = homes_of(term.scheme.area)
    form = desk.get(page(term, "home", one.key)).context["form"]
    assert len(form.initial["points"].splitlines()) == 3
    changed = HOME | {"points": points((3.5, 0.5)), "households": "70"}
    assert desk.post(page(term, "home", one.key), changed).status_code == 302
    (one,) = homes_of(term.scheme.area)
    assert (one.households, one.shape.geom_type) == (70, "Point")
    asked = desk.get(page(term, "home_delete", one.key))
    assert asked.status_code == 200 and homes_of(term.scheme.area)
    desk.post(page(term, "home_delete", one.key))
    assert homes_of(term.scheme.area) == []


def test_counting_twice_is_offered_as_a_total(desk: Client, term: Term) -> None:
    outline = points((0.1, 2.1), (1.9, 2.1), (1.9, 3.9), (0.1, 3.9))
    answer = desk.post(page(term, "homes"), HOME | {"points": outline})
    assert answer.status_code == 409 and answer.context["doubled"]
    assert "as_total" in answer.content.decode()
    desk.post(page(term, "homes"), HOME | {"points": outline, "as_total": "on"})
    land = from_shapely(homes_of(term.scheme.area)[0].shape)
    assert sum(Building.objects.within(land).values_list("dwellings", flat=True)) == 90


def test_a_table_is_pasted_whole_or_not_at_all(desk: Client, term: Term) -> None:
    x, y = spot(3.5, 0.5)
    basis = {"basis": "物业名单", "as_of": "2026-03-01"}
    rows = f"名称\t经度\t纬度\t户数\n东苑\t{x}\t{y}\t120\n西苑，{x}，{y}，80"
    desk.post(page(term, "homes"), basis | {"rows": rows})
    assert [(one.name, one.households) for one in homes_of(term.scheme.area)] == [
        ("东苑", 120), ("西苑", 80),
    ]  # fmt: skip
    bad = desk.post(page(term, "homes"), basis | {"rows": f"北苑, {x}, {y}, 10\nhere"})
    assert bad.status_code == 400 and "2" in str(bad.context["table"].non_field_errors())
    assert len(homes_of(term.scheme.area)) == 2


def test_a_new_outline_begins_another_day(desk: Client, term: Term) -> None:
    grown = points((0, 0), (5, 0), (5, 4), (0, 4))
    form = {"valid_from": "2026-11-01", "basis": "合并", "outline": grown}
    answer = desk.post(page(term, "outline_version"), form)
    assert answer["Location"] == page(term, "drafts")
    assert AreaBoundary.objects.filter(area=term.scheme.area).count() == 2
    begun = desk.post(page(term, "drafts"), {"from": "1", "name": "", "newest_outline": "on"})
    plan = Plan.objects.get(number=2)
    assert begun["Location"] == page(term, "draft", 2)
    assert plan.grids.filter(kind="unassigned").count() == 1
