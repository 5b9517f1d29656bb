"""import_osm and generate_grids as an operator calls them, on the small fictional town."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from geogrid.territory.actions import approve, enter_force, plan_residual, propose
from geogrid.territory.models import Area, Grid, Plan, PlanLoad, Term
from layers.basemap.models import LandUse, Source, Street
from layers.feeds.versions import current
from layers.places.models import Address, Building, HazardPoint, School, Unit
from tests.factories import FOUNDED

pytestmark = pytest.mark.django_db
FIXTURES = Path(__file__).parents[2] / "fixtures"
TOWN = FIXTURES / "jinghu" / "town.osm.pbf"
OUTLINE = FIXTURES / "jinghu" / "boundary.geojson"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def run(command: str, *args: object, **options: object) -> str:
    out = StringIO()
    call_command(command, *args, stdout=out, **options)
    return out.getvalue()


def import_town(**options: object) -> str:
    settings = {
        "area": "镜湖街道",
        "slug": "jinghu",
        "boundary": OUTLINE,
        "language": "zh-hans",
        "code_prefix": "990101",
        "fictional": True,
    }
    return run("import_osm", TOWN, **(settings | options))


def test_an_import_fills_the_ground_and_reports_its_quality() -> None:
    report = import_town()
    assert Building.objects.count() > 1_800
    assert Address.objects.filter(street="钟楼街", house="12号").exists()
    assert Unit.objects.count() > 500
    assert Street.objects.filter(name="环城路").exists()
    assert LandUse.objects.filter(name="镜湖", kind="water").exists()
    assert School.objects.exists()
    assert HazardPoint.objects.filter(hazard_class__code="fire").exists()
    assert "estimated dwellings" in report and "a model" in report
    assert f"{Building.objects.count():,}  buildings" in report
    area = Area.objects.get(slug="jinghu")
    assert area.fictional and area.boundaries.count() == 1
    source = Source.objects.get(code="jinghu")
    assert source.licence == "ODbL 1.0" and source.report["dwellings"] > 9_000
    assert current("basemap") != "0"


def test_places_lie_inside_the_outline() -> None:
    import_town()
    boundary = Area.objects.get(slug="jinghu").boundaries.get().boundary
    for model in (Building, Address, School, HazardPoint):
        assert model.objects.within(boundary).count() == model.objects.count()


def test_a_second_import_replaces_rows_and_keeps_hazard_points() -> None:
    import_town()
    buildings, version = Building.objects.count(), current("basemap")
    hazards = dict(HazardPoint.objects.values_list("ref", "pk"))
    gone = HazardPoint.objects.create(
        source=Source.objects.get(code="jinghu"),
        ref="n999999",
        anchor=HazardPoint.objects.first().anchor,
        hazard_class=HazardPoint.objects.first().hazard_class,
    )
    import_town()
    assert Building.objects.count() == buildings
    assert dict(HazardPoint.objects.exclude(pk=gone.pk).values_list("ref", "pk")) == hazards
    gone.refresh_from_db()
    assert not gone.active
    assert Source.objects.count() == 1 and Area.objects.count() == 1
    assert current("basemap") != version


def test_grids_tile_the_town_and_carry_their_loads() -> None:
    import_town()
    said = run("generate_grids", area="jinghu")
    plan = Plan.objects.get()
    assert plan_residual(plan) == 0
    assert "tile the outline exactly" in said
    leaves = plan.grids.leaves()
    assert 38 <= leaves.count() <= 48
    assert PlanLoad.objects.filter(grid__in=leaves).count() == leaves.count()
    homes = sum(PlanLoad.objects.values_list("dwellings", flat=True))
    assert homes == sum(Building.objects.values_list("dwellings", flat=True))
    first = leaves.order_by("code").first()
    assert len(first.code) == 12 and first.code.startswith("990101001")
    assert Grid.objects.filter(name="古城社区第3网格", label="03", level=2).exists()
    assert set(Grid.objects.filter(level=1).values_list("label", flat=True)) >= {"01", "02"}


def test_an_import_counts_the_grids_of_existing_plans_anew() -> None:
    import_town()
    run("generate_grids", area="jinghu")
    counted = list(PlanLoad.objects.order_by("grid__code").values_list("dwellings", flat=True))
    PlanLoad.objects.update(dwellings=1)
    import_town()
    again = PlanLoad.objects.order_by("grid__code").values_list("dwellings", flat=True)
    assert list(again) == counted


def test_the_plan_can_be_put_in_force_although_the_database_proves_it_again() -> None:
    import_town()
    run("generate_grids", area="jinghu")
    plan = Plan.objects.get()
    propose(plan=plan, by=None, at=FOUNDED)
    approve(plan=plan, by=None, at=FOUNDED)
    assert enter_force(plan=plan, by=None, at=FOUNDED, backdated=True).during.lower == FOUNDED


def test_a_town_whose_relation_does_not_close_asks_for_a_boundary_and_writes_nothing() -> None:
    extract = FIXTURES / "neubrandenburg" / "extract.osm.pbf"
    with pytest.raises(CommandError, match="r62705.*--boundary"):
        run("import_osm", extract, area="Neubrandenburg")
    assert not Area.objects.exists() and not Source.objects.exists()


def test_an_outline_elsewhere_is_refused_with_a_hint(tmp_path: Path) -> None:
    elsewhere = tmp_path / "swapped.geojson"
    elsewhere.write_text(
        '{"type":"Polygon","coordinates":[[[38.5,80],[38.6,80],[38.6,81],[38.5,81],[38.5,80]]]}'
    )
    with pytest.raises(CommandError, match="swapped"):
        import_town(boundary=elsewhere)
    assert not Area.objects.exists()


def test_a_name_without_latin_letters_needs_a_short_name() -> None:
    with pytest.raises(CommandError, match="--slug"):
        import_town(slug=None)


def test_another_outline_on_the_same_day_is_refused_once_a_plan_uses_the_first(
    tmp_path: Path,
) -> None:
    import_town()
    run("generate_grids", area="jinghu")
    smaller = tmp_path / "smaller.geojson"
    smaller.write_text(
        '{"type":"Polygon","coordinates":[[[104.34,38.54],[104.36,38.54],[104.36,38.56],'
        "[104.34,38.56],[104.34,38.54]]]}"
    )
    with pytest.raises(CommandError, match="tomorrow"):
        import_town(boundary=smaller)


@pytest.mark.parametrize(
    ("area", "words"), [("nowhere", "no area 'nowhere'"), ("empty", "streets")]
)
def test_grids_need_an_area_with_streets(area: str, words: str) -> None:
    Area.objects.create(
        slug="empty", name="Empty", code_prefix="1", language="en", timezone="UTC", calendar=""
    )
    with pytest.raises(CommandError, match=words):
        run("generate_grids", area=area)


def test_an_impossible_range_is_refused() -> None:
    import_town()
    with pytest.raises(CommandError, match="--min"):
        run("generate_grids", area="jinghu", min=300, max=200)


def test_three_commands_lead_from_a_file_to_grids_that_count() -> None:
    import_town()
    run("generate_grids", area="jinghu")
    with pytest.raises(CommandError, match="no post"):
        run("put_in_force", area="jinghu")
    assert Plan.objects.get().state == Plan.State.DRAFT
    said = run("put_in_force", area="jinghu", vacant="正在招聘")
    assert "is in force" in said
    term = Term.objects.get()
    assert term.receipt["posts"]["vacant"] == term.receipt["grids"]
    with pytest.raises(CommandError, match="in force already"):
        run("put_in_force", area="jinghu")
    with pytest.raises(CommandError, match="no such plan"):
        run("put_in_force", area="jinghu", plan=9)
