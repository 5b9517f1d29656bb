"""Who may open which page: every address times every role, and none that is not in the table."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from geogrid.accounts.models import User
from geogrid.cases.models import Case
from geogrid.territory.models import Area
from tests.case_factories import holder, leaf, log_in_of, reported
from tests.factories import UserFactory, authorise, town

pytestmark = pytest.mark.django_db

ROLES = (
    "anonymous", "resident", "worker", "worker elsewhere", "planner", "office", "office elsewhere",
)  # fmt: skip
# The way in: it only leads on to an area, where the role is asked for.
SIGNED_IN = frozenset(ROLES) - {"anonymous"}
WORKERS = frozenset({"worker", "worker elsewhere"})
# What a role sees of a page: anything but a way to the log-in, a 401, 403 or 404.
OPENS: dict[str, frozenset[str]] = {
    "office:choose": SIGNED_IN,
    "office:cases": frozenset({"office"}),
    "office:live": frozenset({"office"}),
    "office:features": frozenset({"office"}),
    "office:case": frozenset({"office"}),
    "office:step": frozenset({"office"}),
    "office:reporter": frozenset({"office"}),
    "office:photo": frozenset(),
    "office:phone": frozenset({"office"}),
    "office:places": frozenset({"office"}),
    "planner:choose": SIGNED_IN,
    "planner:new_area": frozenset(),  # see tests/desks/test_new_area.py
    "planner:new_area_file": frozenset(),
    "planner:generate": frozenset({"planner"}),
    "planner:generated": frozenset(),
    "planner:generated_map": frozenset(),
    "planner:homes": frozenset({"planner"}),
    "planner:home": frozenset(),
    "planner:home_delete": frozenset(),
    "planner:outline_version": frozenset({"planner"}),
    "planner:outline_from_file": frozenset(),
    "planner:plan": frozenset({"planner", "office"}),
    "planner:plans": frozenset({"planner", "office"}),
    "planner:export": frozenset({"planner", "office"}),
    "planner:drafts": frozenset({"planner", "office"}),
    "planner:draft": frozenset({"planner", "office"}),
    "planner:draft_withdraw": frozenset({"planner"}),
    "planner:draft_grids": frozenset({"planner", "office"}),
    "planner:draft_ground": frozenset({"planner", "office"}),
    "planner:draft_land": frozenset({"planner", "office"}),
    "planner:draft_moments": frozenset({"planner", "office"}),
    "planner:draft_moment": frozenset(),
    "planner:draft_changes": frozenset({"planner", "office"}),
    "planner:draft_history": frozenset({"planner", "office"}),
    "planner:draft_findings": frozenset({"planner", "office"}),
    "planner:draft_check": frozenset({"planner", "office"}),
    "planner:draft_compare": frozenset({"planner", "office"}),
    "planner:draft_compare_map": frozenset(),
    "planner:draft_compare_file": frozenset(),
    "planner:draft_vacant": frozenset({"planner"}),
    "planner:draft_settle": frozenset({"planner"}),
    "planner:draft_propose": frozenset({"planner"}),
    "planner:draft_send_back": frozenset(),
    "planner:draft_approve": frozenset(),
    "planner:draft_publish": frozenset({"planner"}),
    "planner:draft_schedule": frozenset({"planner"}),
    "planner:draft_unschedule": frozenset({"planner"}),
    "planner:draft_roll_back": frozenset({"planner"}),
    "planner:draft_scan": frozenset(),
    "planner:receipt": frozenset({"planner", "office"}),
    "planner:draft_dossier": frozenset({"planner", "office"}),
    "planner:draft_dossier_state": frozenset({"planner", "office"}),
    "planner:draft_dossier_file": frozenset(),
    "planner:meeting": frozenset({"planner", "office"}),
    "planner:meeting_map": frozenset({"planner", "office"}),
    "planner:alternatives": frozenset({"planner", "office"}),
    "planner:draft_commands": frozenset({"planner"}),
    "planner:draft_undo": frozenset({"planner"}),
    "planner:draft_redo": frozenset({"planner"}),
    "planner:draft_proposals": frozenset({"planner", "office"}),
    "planner:draft_proposals_composed": frozenset({"planner"}),
    "planner:draft_cells": frozenset({"planner", "office"}),
    "planner:draft_cell_at": frozenset({"planner", "office"}),
    # What is drawn against: no background or picture is there, so their own pages are 404.
    "planner:backgrounds": frozenset({"planner", "office"}),
    "planner:backgrounds_offered": frozenset({"planner", "office"}),
    "planner:background_file": frozenset({"planner"}),
    "planner:background_service": frozenset({"planner"}),
    "planner:background": frozenset(),
    "planner:background_switch": frozenset(),
    "planner:background_delete": frozenset(),
    "planner:background_tile": frozenset(),
    "planner:underlay_add": frozenset({"planner"}),
    "planner:underlay": frozenset(),
    "planner:underlay_picture": frozenset(),
    "planner:underlay_delete": frozenset(),
    "planner:from_list": frozenset({"planner"}),
    "planner:from_list_review": frozenset(),
    "planner:from_list_map": frozenset(),
    "planner:from_list_accept": frozenset(),
    "planner:from_list_discard": frozenset(),
    "planner:from_file": frozenset({"planner"}),
    "planner:from_file_review": frozenset(),
    "planner:from_file_choose": frozenset(),
    "planner:from_file_accept": frozenset(),
    "planner:from_file_discard": frozenset(),
    "planner:roster": frozenset({"planner", "office"}),
    "planner:roster_template": frozenset({"planner", "office"}),
    "planner:roster_grid": frozenset({"planner", "office"}),
    "planner:roster_worker": frozenset({"planner", "office"}),
    "planner:roster_import": frozenset({"planner"}),
    "planner:roster_publication": frozenset({"planner"}),
    "planner:roster_add": frozenset({"planner"}),
    "planner:roster_cover": frozenset({"planner"}),
    "planner:roster_erase": frozenset({"planner"}),
    "planner:roster_portrait": frozenset(),
    "planner:roster_take_back": frozenset(),
    "ground:overview": frozenset({"planner", "office"}),
    "ground:places": frozenset({"planner", "office"}),
    "ground:add_place": frozenset({"planner", "office"}),
    "ground:add_kind": frozenset({"planner", "office"}),
    # No place and no kind of an office's own is there: see tests/desks/test_ground.py.
    "ground:kind": frozenset(),
    "ground:place": frozenset(),
    "ground:step": frozenset(),
    "ground:photo": frozenset(),
    "patrol:today": WORKERS,
    "patrol:nearby": WORKERS,
    "patrol:map": WORKERS,
    "patrol:more": WORKERS,
    "patrol:cases": WORKERS,
    "patrol:report": WORKERS,
    "patrol:case": frozenset({"worker"}),
    "patrol:case_step": frozenset({"worker"}),
    "patrol:case_photo": frozenset(),
    "patrol:hazard": frozenset(),
    "patrol:visit": frozenset(),
    "patrol:photo": frozenset(),
}
# For everybody; what needs a key or a number that exists answers 404 to all.
OPEN_TO_ALL = frozenset(
    {"resident:home", "resident:type_size", "resident:map", "resident:search", "resident:grid",
     "resident:report", "resident:find_report", "resident:follow", "resident:feedback",
     "resident:report_photo", "resident:portrait"}
)  # fmt: skip
POSTED = frozenset(
    {
        "office:step",
        "office:reporter",
        "patrol:nearby",
        "patrol:case_step",
        "patrol:visit",
        "planner:draft_commands",
        "planner:draft_undo",
        "planner:draft_redo",
        "planner:draft_proposals_composed",
        "planner:draft_settle",
        "planner:draft_vacant",
        "planner:roster_take_back",
        "ground:step",
    }
)
DESKS = ("office", "ground", "planner", "patrol", "resident")


@pytest.fixture
def case() -> Case:
    return reported(town().scheme.area).case


@pytest.fixture
def users(case: Case) -> dict[str, User | None]:
    other = town("elsewhere").scheme.area
    office, far, planner = UserFactory(), UserFactory(), UserFactory()
    authorise(office, case.scheme, "dispatcher")
    authorise(far, other.schemes.get(), "dispatcher")
    authorise(planner, case.scheme, "planner")
    return {
        "anonymous": None,
        "resident": UserFactory(),
        "worker": log_in_of(holder(leaf(case.area)), "worker"),
        "worker elsewhere": log_in_of(holder(leaf(other)), "far"),
        "planner": planner,
        "office": office,
        "office elsewhere": far,
    }


def names(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from names(entry.url_patterns, entry.namespace or space)
        elif space in DESKS:
            yield f"{space}:{entry.name}"


def address(name: str, case: Case) -> str:
    area: Area = case.area
    values = {
        "area": area.slug, "number": case.pk, "picture": uuid4(), "part": "grids",
        "file_format": "geojson", "dossier": 0, "code": leaf(area).code,
        "upload": uuid4(), "key": "b0", "kind": "shops",
    }  # fmt: skip
    values |= {"background": 0, "underlay": 0, "z": 0, "x": 0, "y": 0}
    space, short = name.split(":")
    if space == "planner":
        values["number"] = case.scheme.plans.get().number
        values["term"] = case.scheme.terms.get().pk
        values |= {"lineage": leaf(area).lineage, "worker": holder(leaf(area)).pk, "event": 0}
    resolver = get_resolver().namespace_dict[space][1]
    keys = resolver.reverse_dict.getlist(short)[0][0][0][1]
    return reverse(name, kwargs={key: values[key] for key in keys})


def test_the_table_names_every_address() -> None:
    there = set(names(get_resolver().url_patterns))
    assert there == set(OPENS) | OPEN_TO_ALL


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_what_the_table_says(
    role: str, case: Case, users: dict[str, User | None]
) -> None:
    client = Client()
    if users[role] is not None:
        client.force_login(users[role])
    opened = set()
    for name in OPENS:
        page = address(name, case)
        answer = client.post(page, {}) if name in POSTED else client.get(page)
        assert answer.status_code < 500, name
        login = answer.status_code == 302 and "/accounts/login/" in answer["Location"]
        if not login and answer.status_code not in {401, 403, 404, 405}:
            opened.add(name)
    assert opened == {name for name, roles in OPENS.items() if role in roles}
