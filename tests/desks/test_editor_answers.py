"""The editor's mesh follows a draft by answers alone: at the end it is what a reload would show."""

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geogrid.accounts.errors import CodedError
from geogrid.accounts.models import User
from geogrid.desks.planner.draft_commands import answered
from geogrid.desks.planner.draft_grids import grids_json
from geogrid.territory.actions import edit
from geogrid.territory.models import Plan
from tests.desks.js_modules import NODE, lay_out
from tests.domain.random_edits import Planner, town
from tests.domain.test_edit_machine import stored
from tests.factories import FOUNDED, UserFactory

pytestmark = pytest.mark.django_db
GRIDS = 64


@pytest.mark.parametrize(
    ("seed", "edits"), [(3, 120), pytest.param(4, 600, marks=pytest.mark.long)]
)
def test_mesh_follows_the_answers(seed: int, edits: int, tmp_path: Path) -> None:
    plan = town(GRIDS, seed=seed)
    planner = Planner(stored(plan), 0, np.random.default_rng(seed))
    user = UserFactory()
    first = loaded(plan, user)
    steps = []
    for _ in range(edits):
        command = planner.command()
        if command is None:
            continue
        try:
            done = edit(plan=plan, command=command, by=None, at=FOUNDED)
        except CodedError:
            continue
        planner.revision = done.revision
        planner.grids |= {state.lineage: state for state in done.changed_grids}
        for one in done.ended:
            del planner.grids[one.lineage]
        steps.append(
            {
                "verb": str(command.verb),
                "arguments": command.arguments(),
                "answer": answered(plan, done, user),
            }
        )
    found = followed({"first": first, "steps": steps, "last": loaded(plan, user)}, tmp_path)
    assert found["differ"] == found["said"] == []
    assert found["wired"]
    assert found["wrong"] == []
    assert found["previewed"] > len(steps) / 10
    # What the server did was not warned of.
    assert found["warned"] == []


def loaded(plan: Plan, user: User) -> Any:
    plan.refresh_from_db()
    return json.loads(grids_json(plan, user))


def followed(told: Any, folder: Path) -> Any:
    lay_out(folder)
    (folder / "told.json").write_text(json.dumps(told))
    done = subprocess.run(
        [str(NODE), "tests/editor_follow.mjs", "told.json"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
