"""load_demo: what it leaves behind, that it can be stopped, and that it does nothing twice."""

import re
import time
from io import StringIO
from itertools import pairwise

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from geogrid.accounts.models import User
from geogrid.cases.models import Case, CaseEvent
from geogrid.cases.rules import OPEN
from geogrid.desks.demo.loading import steps
from geogrid.desks.demo.loading.towns import MIRROR_LAKE, TOWNS
from geogrid.duty.models import Contact, Post, Worker
from geogrid.patrols.models import Visit
from geogrid.publishing.models import Disclosure
from geogrid.publishing.readiness import readiness
from geogrid.territory.models import Area, Grid, Term
from layers.places.models import HazardPoint

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder_and_no_password(tmp_path, settings) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.DEMO_PASSWORD = ""


def load() -> str:
    out = StringIO()
    call_command("load_demo", only="jinghu", stdout=out)
    return out.getvalue()


def counted() -> dict[str, int]:
    models = (Area, Grid, Term, Worker, Post, Disclosure, Visit, Case, CaseEvent, User)
    return {model.__name__: model.objects.count() for model in models}


def test_a_loaded_town_is_ready_and_loading_it_again_changes_nothing() -> None:
    load()
    now = timezone.now()
    area = Area.objects.get(slug="jinghu")
    assert area.fictional
    term = Term.objects.at(now).get()
    assert term.receipt["sha256"]
    ready = readiness(term.plan, at=now)
    assert ready.ready and ready.acting == ready.vacant == 1
    check_people(area, term)
    check_cases(area)
    check_inspections(now)
    before, started = counted(), time.monotonic()
    load()
    assert counted() == before
    assert time.monotonic() - started < 2


def check_people(area: Area, term: Term) -> None:
    workers = Worker.objects.filter(area=area)
    leaves = term.plan.grids.leaves()
    assert workers.count() == leaves.count() - 1 + term.plan.grids.filter(level=1).count()
    assert len(set(workers.values_list("name", flat=True))) == workers.count()
    assert all(re.fullmatch(r"000 0000 0\d{3}", c.value) for c in Contact.objects.all())
    assert Disclosure.objects.values("worker").distinct().count() == workers.count()
    for role in ("planner", "office", "patrol"):
        user = User.objects.get(username=f"{role}.jinghu")
        assert user.is_demo and not user.has_usable_password()
    assert User.objects.get(username="patrol.jinghu").worker.posts.exists()


def check_cases(area: Area) -> None:
    cases = Case.objects.filter(area=area)
    assert 58 <= cases.count() <= 64
    states = set(cases.values_list("state", flat=True))
    assert {"dispatched", "handling", "returned", "paused", "escalated", "handled", "verifying",
            "closed", "rejected", "merged", "filed"} <= states  # fmt: skip
    assert cases.filter(state__in=OPEN).count() >= 30
    assert cases.filter(grid=None).count() == 1
    assert not cases.filter(received_at__gt=timezone.now()).exists()
    for case in cases:
        moments = list(case.events.order_by("pk").values_list("at", flat=True))
        assert all(first <= second for first, second in pairwise(moments))
        assert moments[-1] <= timezone.now()
    assert CaseEvent.objects.filter(actor="worker").exists()


def check_inspections(now) -> None:
    visited = HazardPoint.objects.filter(visits__isnull=False).distinct().count()
    assert visited > 50
    assert visited < HazardPoint.objects.count()
    assert not Visit.objects.filter(at__gt=now).exists()


def test_a_load_that_was_stopped_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*args: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(steps, "tell_stories", stop)
        with pytest.raises(KeyboardInterrupt):
            load()
    half = counted()
    assert half["Term"] == 1 and half["Case"] == 0
    said = load()
    assert "60 cases" in said and "buildings" not in said
    assert counted()["Grid"] == half["Grid"]


@pytest.mark.parametrize("town", TOWNS, ids=lambda town: town.slug)
def test_the_towns_tables_are_complete(town) -> None:
    people = town.rows("people.csv")
    assert len({row["name"] for row in people}) == len(people)
    assert {row["role"] for row in people} == {"chief", "worker"}
    texts = town.rows("cases.csv")
    assert len(texts) >= 30
    assert all(all(row.values()) for row in texts)
    assert town.file(town.extract).is_file() and town.file(town.boundary).is_file()
    assert (settings.BASE_DIR / "fixtures" / town.folder / "LICENCE-ODbL.txt").is_file()


def test_the_fictional_town_speaks_chinese_only() -> None:
    for row in [*MIRROR_LAKE.rows("people.csv"), *MIRROR_LAKE.rows("cases.csv")]:
        spoken = " ".join(value for key, value in row.items() if key not in ("role", "category"))
        assert not re.search("[A-Za-zäöüß]", spoken)
