"""What the boundary editor shows is what the server does: its previews against the kernel.

The editor draws a change before the server has answered. Where it says that it is certain, the
grids it draws are the kernel's, vertex for vertex; what it warns of, the kernel refuses.
"""

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
import shapely

from geogrid.coverage import edits
from geogrid.coverage.change import Change, Refused
from geogrid.territory.commands import COMMANDS, parse
from layers.datum.lattice import to_steps
from layers.datum.shapes import Shape
from tests.desks.js_modules import NODE, lay_out

Parts = list[tuple[tuple[tuple[int, int], ...], ...]]


def told_by(script: str, *arguments: object, folder: Path) -> Any:
    lay_out(folder)
    done = subprocess.run(
        [str(NODE), f"tests/{script}", *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(done.stdout)


def test_every_command_is_read_as_it_was_meant(tmp_path: Path) -> None:
    commands = told_by("editor_verbs.mjs", folder=tmp_path)
    assert {command["verb"] for command in commands} == set(COMMANDS)
    for sent in commands:
        read = parse(sent["verb"], sent["arguments"], command_id=uuid4(), base_revision=3)
        kept = json.loads(json.dumps(read.arguments()))
        assert {name: kept[name] for name in sent["arguments"]} == sent["arguments"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_previews_are_what_the_kernel_does(seed: int, tmp_path: Path) -> None:
    told = told_by("editor_parity.mjs", seed, 150, folder=tmp_path)
    key = {grid["lineage"]: number for number, grid in enumerate(told["grids"])}
    shapes = [shapely.from_geojson(json.dumps(grid["boundary"])) for grid in told["grids"]]
    same = refused = 0
    for case in told["cases"]:
        try:
            change = carried_out(case["command"], edits.Tiling(shapes), key)
        except Refused as refusal:
            # Which vertices of the outline are its own, and which were put in, it cannot know.
            knew = case["codes"] or not case["certain"] or str(refusal.code) == "off_outline"
            assert knew, case["command"]
            refused += 1
            continue
        assert not case["codes"], case["command"]
        if case["certain"]:
            shown = {key[one]: as_steps(parts) for one, parts in case["shapes"].items() if parts}
            drawn = {one: steps_of(change.shapes.get(one, shapes[one])) for one in shown}
            assert shown == drawn, case["command"]
            assert set(change.shapes) <= shown.keys()
            same += 1
    assert same > 90
    assert refused > 5


def carried_out(command: dict[str, Any], ground: edits.Tiling, key: dict[str, int]) -> Change:
    told = command["arguments"]
    match command["verb"]:
        case "move_vertex":
            vertex, to = shapely.Point(told["vertex"]), shapely.Point(told["to"])
            return edits.move_vertex(ground, vertex, to)
        case "insert_vertex":
            segment = shapely.LineString([told["start"], told["finish"]])
            return edits.insert_vertex(ground, segment, shapely.Point(told["point"]))
        case "delete_vertex":
            return edits.delete_vertex(ground, shapely.Point(told["vertex"]))
        case "move_border":
            line = shapely.from_geojson(json.dumps(told["line"]))
            return edits.move_border(ground, key[told["one"]], key[told["other"]], line)
        case "straighten":
            return edits.straighten(ground, key[told["one"]], key[told["other"]])
        case "merge":
            return edits.merge(ground, key[told["target"]], [key[one] for one in told["others"]])
    raise AssertionError(command["verb"])


def steps_of(shape: Shape) -> Parts:
    polygons = shapely.get_parts(shape)
    rings = [[ring.coords[:-1] for ring in (one.exterior, *one.interiors)] for one in polygons]
    return as_steps([[to_steps(np.array(ring)).tolist() for ring in part] for part in rings])


def as_steps(parts: Iterable[Iterable[list[list[int]]]]) -> Parts:
    """Rings wherever they begin and whichever way they go."""
    return sorted(tuple(sorted(map(unrolled, rings))) for rings in parts)


def unrolled(ring: list[list[int]]) -> tuple[tuple[int, int], ...]:
    points = [(x, y) for x, y in ring]
    start = points.index(min(points))
    forward = points[start:] + points[:start]
    return min(tuple(forward), (forward[0], *reversed(forward[1:])))
