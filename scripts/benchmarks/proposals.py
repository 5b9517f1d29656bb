"""Proposals for a draft of 2,000 grids, community by community as the desk asks for them.

The draft and its homes are those of `plan_edits`. What is proposed is put into one command and
proved by the kernel, so that a fast wrong answer does not count.
"""

import time
from collections import Counter
from uuid import uuid4

import numpy as np
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.plan_edits import _town
from geogrid.coverage import edits
from geogrid.territory.commands import parse
from geogrid.territory.models import Plan, PlanLoad
from geogrid.territory.proposing import NothingToBalance, compose, propose_balance, units_of
from geogrid.territory.sketching import Sketch

ASKED = 8  # communities of the 49
WIDTH = 0.2  # the range asked for: so much around the mean


def main() -> None:
    plan = _town()
    loads = PlanLoad.objects.filter(grid__plan=plan).values_list("dwellings", flat=True)
    mean = float(np.mean([one for one in loads if one]))
    least, most = round(mean * (1 - WIDTH)), round(mean * (1 + WIDTH))
    started = time.perf_counter()
    units = units_of(plan)
    print(f"{sum(len(one.leaves) for one in units):,} grids, {len(units)} communities told in"
          f" {(time.perf_counter() - started) * 1e3:,.0f} ms; range {least}-{most}")  # fmt: skip
    seconds, together, queries, verbs = [], [], [], Counter[str]()
    for unit in units[:: max(len(units) // ASKED, 1)][:ASKED]:
        with CaptureQueriesContext(connection) as seen:
            started = time.perf_counter()
            try:
                made = propose_balance(plan, unit, at_least=least, at_most=most)
            except NothingToBalance:
                continue
            seconds.append(time.perf_counter() - started)
        queries.append(len(seen))
        for way in made.alternatives:
            verbs.update(step.verb for step in way.steps)
            started = time.perf_counter()
            commands = [
                parse(one.verb, one.arguments, command_id=uuid4(), base_revision=plan.revision)
                for one in way.steps
            ]
            _proved(plan, commands)
            together.append(time.perf_counter() - started)
        ways = ", ".join(
            f"{way.name} {way.then.within}/{way.then.grids} in {len(way.steps)} steps"
            for way in made.alternatives
        )
        print(f"  {len(unit.leaves)} grids, {made.now.within} in range: {ways or 'nothing better'}")
    print(f"  a community: median {np.median(seconds):.1f} s, slowest {max(seconds):.1f} s,"
          f" {np.mean(queries):.0f} queries; in one command and proved: slowest"
          f" {max(together, default=0):.1f} s; {dict(verbs)}")  # fmt: skip


def _proved(plan: Plan, commands: list) -> None:
    """Raise Refused where the one command would not land."""
    whole = compose(plan, commands, base_revision=plan.revision)
    sketch = Sketch(plan)
    sketch.read(whole.lineages())
    shapes = {sketch.keys[one]: shape for one, shape in whole.shapes.items()}
    shapes |= {-1 - number: shape for number, shape in enumerate(whole.new)}
    gone = [sketch.keys[one] for one in whole.gone]
    edits.replace(sketch, shapes, gone, pieces_allowed=sketch.pieces_allowed())
