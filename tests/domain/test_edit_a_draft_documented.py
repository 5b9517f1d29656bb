"""docs/how-to/edit-a-draft.md: what it shows is run on a draft, and does what it says."""

import re
from pathlib import Path
from typing import Any

import pytest
import shapely

from geogrid.territory.commands import COMMANDS
from geogrid.territory.models import Plan
from tests.domain.editing import check, draft
from tests.factories import UserFactory, authorise

pytestmark = pytest.mark.django_db
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EAST = shapely.box(113.002, 30, 113.003, 30.01)


@pytest.fixture
def page(checkout: Path) -> str:
    return (checkout / "docs" / "how-to" / "edit-a-draft.md").read_text()


def test_the_snippet_splits_a_grid_and_takes_it_back(page: str) -> None:
    plan: Plan = draft(
        shapes={"a": shapely.box(113, 30, 113.002, 30.01), "b": EAST},
        communities={"a": "N", "b": "N"},
    )
    user = UserFactory()
    authorise(user, plan.scheme, "planner")
    before = {grid.lineage: grid.boundary.wkt for grid in plan.grids.all()}
    (snippet,) = BLOCK.findall(page)
    told: dict[str, Any] = {"plan": plan, "grid": plan.grids.leaves().first(), "user": user}
    exec(snippet, told)  # noqa: S102
    split = told["answer"]
    assert (split.revision, len(split.changed_grids), split.ended) == (1, 2, ())
    assert [edit.verb for edit in plan.edits.all()] == ["split", "undo"]
    check(plan)
    assert plan.grids.count() == len(before)
    for grid in plan.grids.all():
        assert shapely.from_wkt(grid.boundary.wkt).equals(shapely.from_wkt(before[grid.lineage]))


def test_every_command_of_the_page_is_one(page: str) -> None:
    table = "".join(line for line in page.splitlines() if line.startswith("| `"))
    named = set(re.findall(r"`(\w+)`", table))
    assert {kind.__name__ for kind in COMMANDS.values()} <= named
