"""Commands as JSON: what is kept in the history is what was carried out, to the last bit."""

import json
from dataclasses import fields
from uuid import UUID, uuid4

import pytest
import shapely

from geogrid.territory.commands import (
    COMMANDS,
    Claim,
    CutOut,
    DeleteVertex,
    Describe,
    EditCommand,
    InsertVertex,
    Merge,
    MoveBorder,
    MoveToParent,
    MoveVertex,
    Rebalance,
    Redraw,
    Renumber,
    ReturnTo,
    SnapToStreet,
    Split,
    Straighten,
    Undo,
    parse,
)
from geogrid.territory.errors import CommandUnreadable
from geogrid.territory.models import BoundaryEdit
from layers.datum.lattice import on_lattice

A, B = UUID(int=1), UUID(int=2)
LINE = shapely.LineString([(113.00000012345, 30), (113.0001, 30.0001)])
LAND = shapely.box(113, 30, 113.0001234, 30.0001234)
ONE_OF_EACH = [
    Split(A, LINE, base_revision=3),
    Merge(A, (B,), base_revision=3),
    Claim(A, LAND, (B,), base_revision=3),
    Claim(A, LAND, base_revision=3, unlock="区划调整"),
    CutOut(LAND, "医院", base_revision=3),
    Redraw(A, LAND, base_revision=3),
    MoveBorder(A, B, LINE, base_revision=3),
    MoveVertex((113.0, 30.0), (113.0000001, 30.0), base_revision=3),
    InsertVertex((113.0, 30.0), (113.0, 30.1), (113.0, 30.05), base_revision=3),
    DeleteVertex((113.0, 30.0), base_revision=3),
    Straighten(A, B, base_revision=3),
    SnapToStreet(A, B, within_m=12.5, base_revision=3),
    Rebalance({A: LAND}, new=(LAND,), gone=(B,), base_revision=3),
    MoveToParent((A, B), None, "新社区", base_revision=3),
    Describe(A, name="东门", base_revision=3),
    Renumber(base_revision=3),
    Undo(2, base_revision=3),
    ReturnTo(1, base_revision=3),
]


def test_every_verb_has_a_command() -> None:
    assert set(COMMANDS) == set(BoundaryEdit.Verb.values)
    assert {type(command) for command in ONE_OF_EACH} == set(COMMANDS.values())


@pytest.mark.parametrize("command", ONE_OF_EACH, ids=lambda command: str(command.verb))
def test_a_command_reads_back_the_same(command: EditCommand) -> None:
    kept = json.loads(json.dumps(command.arguments()))
    again = parse(
        str(command.verb), kept, command_id=command.command_id, base_revision=3,
        unlock=command.unlock,
    )  # fmt: skip
    assert again == command
    assert again.arguments() == command.arguments()


@pytest.mark.parametrize("command", ONE_OF_EACH, ids=lambda command: str(command.verb))
def test_what_is_drawn_is_put_on_the_lattice(command: EditCommand) -> None:
    for one in fields(command):
        value = getattr(command, one.name)
        if isinstance(value, shapely.Geometry):
            assert on_lattice(value).all()


def test_a_command_names_its_grids() -> None:
    named = [command.lineages() for command in ONE_OF_EACH]
    assert named[1] == named[2] == named[12] == named[13] == {A, B}
    assert named[0] == {A}
    assert named[7] == set()


@pytest.mark.parametrize(
    ("verb", "arguments", "part"),
    [
        ("explode", {}, "verb"),
        ("split", {"lineage": str(A)}, "line"),
        ("split", {"lineage": "seven", "line": {}}, "lineage"),
        ("split", {"lineage": str(A), "line": {"type": "Point", "coordinates": [1, 2]}}, "line"),
        ("split", {"lineage": str(A), "line": {"type": "LineString", "coordinates": []}}, "line"),
        ("split", {"lineage": str(A), "line": {"type": "LineString",
                                               "coordinates": [[1, 2], [999, 2]]}}, "line"),
        ("redraw", {"lineage": str(A), "shape": {"type": "LineString",
                                                 "coordinates": [[1, 2], [3, 2]]}}, "shape"),
        ("merge", {"target": str(A), "others": str(B)}, "others"),
        ("move_vertex", {"vertex": [1, 2, 3], "to": [1, 2]}, "vertex"),
        ("undo", {"revision": "latest"}, "revision"),
        ("describe", {"lineage": str(A), "code": "7"}, "code"),
        ("describe", {"lineage": str(A), "name": 7}, "name"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(verb: str, arguments: dict[str, object], part: str) -> None:
    with pytest.raises(CommandUnreadable) as refusal:
        parse(verb, arguments, command_id=uuid4(), base_revision=0)
    assert refusal.value.data["part"] == part
