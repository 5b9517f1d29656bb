"""An office's table becomes a draft: drawn without a database, imported like any other file."""

import json
from io import StringIO
from pathlib import Path

import pytest
import shapely
from django.core.management import call_command
from django.utils import timezone

from geogrid.territory.actions import plan_residual
from geogrid.territory.founding import AreaNote, found_area, general_scheme
from geogrid.territory.models import Plan
from geogrid.territory.town_files import read_outline

pytestmark = pytest.mark.django_db
HERE = Path(__file__).parents[2] / "fixtures/jinghu"


def run(name: str, *args: object) -> str:
    out = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command(name, *map(str, args), stdout=out, stderr=StringIO())
    assert end.value.code != 2, out.getvalue()
    return out.getvalue()


def test_the_forty_grids_of_a_list_become_a_draft(tmp_path: Path) -> None:
    outline = read_outline(HERE / "boundary.geojson")
    note = AreaNote(slug="jinghu", name="镜湖街道", code_prefix="990101", language="zh-hans")
    parts = shapely.MultiPolygon(list(shapely.get_parts(outline)))
    area, _ = found_area(note=note, outline=parts, basis="", at=timezone.now())
    general_scheme(area, households=(200, 300))
    grids = tmp_path / "grids.geojson"
    ground = ["--extract", HERE / "town.osm.pbf", "--outline", HERE / "boundary.geojson"]
    run("plan_from_list", HERE / "grids_list.csv", *ground, "-o", grids)
    told = json.loads(
        run("import_plan", grids, "--area", "jinghu", "--commit", "--anyway", "--format", "json")
    )
    assert (told["exact"], told["doubts"]) == (True, [])
    plan = Plan.objects.get()
    assert plan_residual(plan) == 0
    assert plan.grids.leaves().count() == 40
    assert plan.grids.filter(level=1).count() == 8
