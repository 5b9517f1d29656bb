"""A plan's dossier: true to the database, whole on paper and in the workbook, without names."""

import io
import json
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pypdfium2
import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import formats, translation
from openpyxl import load_workbook
from PIL import ImageChops

from geogrid.outbox.actions import take
from geogrid.outbox.models import Job
from geogrid.outbox.working import run_one
from geogrid.publishing.dossier import making, maps, paper
from geogrid.publishing.dossier.alternatives import side_by_side
from geogrid.publishing.dossier.certificate import certify, outline_digest
from geogrid.publishing.dossier.gathering import gather
from geogrid.publishing.dossier.making import ask_for_dossier, files_of, make
from geogrid.publishing.dossier.map_frame import SCALES, fitting
from geogrid.publishing.dossier.map_names import Names
from geogrid.publishing.models import Dossier
from geogrid.territory import actions
from geogrid.territory.commands import Describe, Split
from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import Plan, PlanLoad
from geogrid.territory.plan_files.digest import digest_of
from tests.desks.drafting import drafted
from tests.domain.editing import grid, line, lineage
from tests.factories import now, town

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    """A draft with the first grid cut in two and a name that a spreadsheet would run."""
    return changed(drafted(town().scheme))


def changed(plan: Plan) -> Plan:
    split = Split(lineage=lineage(plan, 1), line=line((1, 1.5), (1, 4.5)), base_revision=0)
    actions.edit(plan=plan, command=split, by=None, at=now())
    plan.refresh_from_db()
    named = Describe(lineage=lineage(plan, 2), name='=HYPERLINK("x")', base_revision=plan.revision)
    actions.edit(plan=plan, command=named, by=None, at=now())
    return Plan.objects.select_related("scheme__area", "boundary").get(pk=plan.pk)


def text_of(pdf: bytes) -> tuple[list[str], list[str]]:
    """The text of each page, and the titles of the bookmarks."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [document[number].get_textpage().get_text_bounded() for number in range(len(document))]
    marks = [one.get_title() for one in document.get_toc()]
    document.close()
    return pages, marks


def made(plan: Plan, language: str = "en", **more: Any) -> tuple[str, Any]:
    with translation.override(language):
        files = files_of(plan, at=now(), **more)
    assert files.pdf is not None
    pages, _marks = text_of(files.pdf.content)
    assert len(pages) == files.pdf.pages
    return "\n".join(pages), load_workbook(io.BytesIO(files.xlsx))


def test_figures_are_those_of_the_database(plan: Plan) -> None:
    told = gather(plan, at=now())
    loads = PlanLoad.objects.filter(grid__plan=plan)
    homes = sorted(loads.values_list("dwellings", flat=True))
    low, high = plan.scheme.households_min, plan.scheme.households_max
    assert told.figures.grids == len(homes) == 5
    assert told.figures.dwellings == sum(homes)
    assert (told.figures.least, told.figures.most) == (homes[0], homes[-1])
    assert told.figures.middle == median(homes)
    assert told.figures.in_range == sum(low <= one <= high for one in homes)
    for one in told.communities:
        below = loads.filter(grid__parent=one.pk).values_list("dwellings", flat=True)
        assert sorted(below) == sorted(grid.dwellings for grid in one.grids)
        assert one.figures.dwellings == sum(below)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code, ST_Area(boundary::geography) FROM territory_grid"
            " WHERE plan_id = %s AND level = 2",
            [plan.pk],
        )
        areas = dict(cursor.fetchall())
    assert {grid.code: grid.area_m2 for grid in told.grids} == pytest.approx(areas, rel=1e-6)


def test_what_changes_is_told_against_the_plan_in_force(plan: Plan) -> None:
    told = gather(plan, at=now())
    assert told.before is not None
    assert told.before.number == 1
    assert told.changes is not None
    (over,) = told.changes.hand_overs
    assert {one.code for one in told.changes.begun} == {over.to_code}


def test_reading_takes_no_query_per_grid(plan: Plan) -> None:
    def count(one: Plan) -> int:
        with CaptureQueriesContext(connection) as seen:
            gather(one, at=now())
        return len(seen)

    few = count(plan)
    third = grid(plan, 3)
    cut = Split(lineage=third.lineage, line=line((1, -0.5), (1, 2.5)), base_revision=plan.revision)
    actions.edit(plan=plan, command=cut, by=None, at=now())
    again = Plan.objects.select_related("scheme__area", "boundary").get(pk=plan.pk)
    assert again.grids.leaves().count() == 6
    assert count(again) <= few + 2  # a cut more, not a query per grid
    assert few < 60


def test_reasons_and_vacancies_are_told_and_nobody_is_named(plan: Plan) -> None:
    words, book = made(plan)
    everything = words + json.dumps(
        [list(row) for sheet in book for row in sheet.values], default=str
    )
    for worker in plan.scheme.area.workers.all():
        assert worker.name not in everything
        for contact in worker.contacts.all():
            assert contact.value not in everything
    assert "nobody yet" in words  # the new grid has no post
    assert "No reason is written down" in words


def test_the_paper_says_it_all(plan: Plan) -> None:
    with translation.override("en"):
        files = files_of(plan, at=now())
    assert files.pdf is not None
    pages, marks = text_of(files.pdf.content)
    words = "\n".join(pages)
    # title, contents, summary, changes, overview, two per community, certificate, signatures
    assert len(pages) == 11
    assert "DRAFT" in pages[3]
    for told in plan.grids.all():
        assert told.code in words
        assert told.name in words
    assert digest_of(plan) in words.replace("\n", "").replace("\r", "")
    assert "Scale 1:" in words
    assert {"Contents", "What changes", "Tiling certificate", "Signatures"} <= set(marks)
    assert [one.name for one in files.told.communities] == [m for m in marks if m.endswith("社区")]


@pytest.mark.parametrize(("language", "mark"), [("en", "DRAFT"), ("zh-hans", "草案")])
def test_every_page_says_that_it_is_a_draft(plan: Plan, language: str, mark: str) -> None:
    with translation.override(language):
        files = files_of(plan, at=now())
        source = paper.html_of(files.told)
    assert files.pdf is not None
    pages, _marks = text_of(files.pdf.content)
    assert [number for number, words in enumerate(pages) if mark not in words] == []
    # A map covers what lies under it: it carries the mark itself, as the last thing drawn.
    drawings = [one.split("</svg>")[0] for one in source.split('<figure class="map">')[1:]]
    assert len(drawings) == len(files.told.communities) + 1
    for drawn in drawings:
        assert drawn.rstrip().endswith(f"{mark}</text></g>")


@pytest.mark.parametrize("wide", [True, False])
def test_the_mark_of_a_draft_is_seen_on_lying_and_standing_maps(
    plan: Plan, monkeypatch: pytest.MonkeyPatch, wide: bool
) -> None:
    size = maps.LANDSCAPE_MM if wide else maps.PORTRAIT_MM
    monkeypatch.setattr(maps, "_frame", lambda shape: (fitting(shape.bounds, *size), wide))
    with translation.override("en"):
        files = files_of(plan, at=now())
        assert files.pdf is not None
        marked = mapped_pages(files.pdf.content, wide)
        monkeypatch.setattr(paper, "_watermark", lambda stage: "")
        plain = files_of(plan, at=now())
    assert plain.pdf is not None
    for with_mark, without in zip(marked, mapped_pages(plain.pdf.content, wide), strict=True):
        differs = ImageChops.difference(with_mark, without).convert("L")
        seen = differs.point(lambda by: by > 24 and 255)
        west, north, east, south = seen.crop(middle_of(seen)).getbbox() or (0, 0, 0, 0)
        assert east - west > with_mark.width * 0.25
        assert south - north > with_mark.height * 0.1


def mapped_pages(pdf: bytes, wide: bool) -> list[Any]:
    """Pictures of the pages with a map: the overview and each community."""
    document = pypdfium2.PdfDocument(pdf)
    found = []
    for page in document:
        if "Scale 1:" in page.get_textpage().get_text_bounded():
            assert (page.get_width() > page.get_height()) is wide
            found.append(page.render(scale=0.6).to_pil().convert("RGB"))
    document.close()
    return found


def middle_of(picture: Any) -> tuple[int, int, int, int]:
    """Without the margins, which carry the mark in small letters."""
    across, along = round(picture.width * 0.1), round(picture.height * 0.15)
    return across, along, picture.width - across, picture.height - along


def test_the_cover_names_no_file_and_makes_up_no_version(plan: Plan) -> None:
    for basis in ("boundary.geojson", "boundary of N in town.osm.pbf"):
        plan.boundary.basis = basis
        cover = cover_of(plan)
        with translation.override("en"):
            day = formats.date_format(plan.boundary.valid_from)
        assert ".geojson" not in cover and ".pbf" not in cover
        assert f"outline of {day}" in cover
        assert "GeoGrid 0" not in cover and "GeoGrid" in cover
    plan.boundary.basis = "Decision 12/2025 of the district"
    assert "Decision 12/2025 of the district" in cover_of(plan)


def cover_of(plan: Plan) -> str:
    with translation.override("en"):
        return paper.html_of(gather(plan, at=now())).split('id="summary"')[0]


def test_an_approved_plan_has_no_watermark_and_its_document() -> None:
    plan = drafted(town().scheme)
    actions.propose(plan=plan, by=None, at=now())
    plan.refresh_from_db()
    plan = Plan.objects.select_related("scheme__area", "boundary").get(pk=plan.pk)
    words, _book = made(plan)
    assert "FOR REVIEW" in words
    actions.approve(plan=plan, by=None, at=now())
    again = Plan.objects.select_related("scheme__area", "boundary").get(pk=plan.pk)
    words, _book = made(again)
    assert "FOR REVIEW" not in words
    assert "DRAFT" not in words


def test_the_workbook_holds_numbers_and_no_formulas(plan: Plan) -> None:
    with translation.override("en"):
        files = files_of(plan, at=now(), alternatives=[1, plan.number])
    book = load_workbook(io.BytesIO(files.xlsx))
    assert book.sheetnames == [
        "Summary", "Grids", "Hand-overs", "Tiling certificate", "Alternatives",
    ]  # fmt: skip
    heads, *rows = book["Grids"].values
    assert len(rows) == 5
    homes = dict(PlanLoad.objects.filter(grid__plan=plan).values_list("grid__code", "dwellings"))
    at = heads.index("Dwellings")
    assert {row[0]: row[at] for row in rows} == homes
    assert '=HYPERLINK("x")' in [row[1] for row in rows]
    assert all(cell.data_type != "f" for sheet in book for row in sheet.rows for cell in row)
    said = {row[0]: row[1] for row in book["Tiling certificate"].values}
    assert said["Digest of the plan"] == digest_of(plan)
    assert said["Unmatched, counted by the database"] == 0


def test_the_certificate_is_the_commands_too(
    plan: Plan, capsys: pytest.CaptureFixture[str]
) -> None:
    told = certify(plan, at=now())
    assert told.exact
    assert told.digest == digest_of(plan)
    assert told.outline_digest == outline_digest(to_shapely(plan.outline))
    call_command(
        "make_dossier", area=plan.scheme.area.slug, plan=plan.number, certificate=True,
        format="json",
    )  # fmt: skip
    said = json.loads(capsys.readouterr().out)
    assert (said["digest"], said["outline_digest"]) == (told.digest, told.outline_digest)
    assert said["exact"] is True
    assert said["unmatched_levels"] == [0, 0]


def test_the_command_writes_both_files(plan: Plan, tmp_path: Path) -> None:
    call_command(
        "make_dossier", area=plan.scheme.area.slug, plan=plan.number, output=tmp_path,
        language="zh-hans", stdout=io.StringIO(), stderr=io.StringIO(),
    )  # fmt: skip
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".pdf", ".xlsx"]
    with pytest.raises(SystemExit) as refused:
        call_command("make_dossier", area="nowhere", stderr=io.StringIO())
    assert refused.value.code == 2


def test_a_job_makes_it_once_however_often_it_is_asked(plan: Plan) -> None:
    first = ask_for_dossier(plan=plan, language="en", by=None, at=now())
    second = ask_for_dossier(plan=plan, language="en", by=None, at=now())
    assert first.pk == second.pk
    assert Job.objects.filter(kind=making.KIND).count() == 1
    while run_one():
        pass
    done = Dossier.objects.get()
    assert (done.state, done.revision, done.digest) == ("done", plan.revision, digest_of(plan))
    assert done.pdf.read().startswith(b"%PDF")
    assert done.pages == 11
    assert not make(dossier=done.pk, at=now())  # a worker that died before the tick


def test_a_large_plan_keeps_its_job_longer(plan: Plan) -> None:
    row = ask_for_dossier(plan=plan, language="en", by=None, at=now())
    job = take(at=now())
    assert job is not None
    lease = job.leased_until
    make(dossier=row.pk, at=now())
    job.refresh_from_db()
    assert job.leased_until > lease + timedelta(seconds=4)


def test_made_anew_the_old_files_go(plan: Plan, django_capture_on_commit_callbacks: Any) -> None:
    row = ask_for_dossier(plan=plan, language="en", by=None, at=now())
    make(dossier=row.pk, at=now())
    row.refresh_from_db()
    before = row.pdf.name
    ask_for_dossier(plan=plan, language="en", by=None, at=now() + making.FRESH)
    with django_capture_on_commit_callbacks(execute=True):
        make(dossier=row.pk, at=now())
    row.refresh_from_db()
    assert row.pdf.name != before
    assert not row.pdf.storage.exists(before)
    assert row.pdf.storage.exists(row.pdf.name)


def test_pressed_again_what_was_just_made_is_not_made_again(plan: Plan) -> None:
    row = ask_for_dossier(plan=plan, language="en", by=None, at=now())
    make(dossier=row.pk, at=now())
    again = ask_for_dossier(plan=plan, language="en", by=None, at=now() + timedelta(seconds=9))
    assert (again.pk, again.state) == (row.pk, "done")
    assert Job.objects.filter(kind=making.KIND).count() == 1
    other = ask_for_dossier(plan=plan, language="en", by=None, at=now(), alternatives=[1])
    assert other.state == "waiting"


def test_a_draft_keeps_its_newest_dossier_and_a_discarded_plan_none(
    plan: Plan, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "pdf_of", lambda *args, **more: paper.Paper(b"%PDF", 1))
    row = ask_for_dossier(plan=plan, language="en", by=None, at=now())
    make(dossier=row.pk, at=now())
    row.refresh_from_db()
    kept, storage = row.pdf.name, row.pdf.storage
    later = Describe(lineage=lineage(plan, 3), name="Neu", base_revision=plan.revision)
    actions.edit(plan=plan, command=later, by=None, at=now())
    with django_capture_on_commit_callbacks(execute=True):
        newer = ask_for_dossier(plan=plan, language="en", by=None, at=now())
        make(dossier=newer.pk, at=now())
    assert list(Dossier.objects.values_list("pk", flat=True)) == [newer.pk]
    assert not storage.exists(kept)
    actions.withdraw(plan=plan, by=None, at=now())
    assert making.forget_discarded(at=now()) == 0
    assert making.forget_discarded(at=now() + making.DISCARDED_KEPT + timedelta(days=1)) == 1
    assert not Dossier.objects.exists()


def test_it_is_of_the_revision_it_shows(plan: Plan) -> None:
    """Somebody draws on between asking and making: the dossier says so, and is of that revision."""
    row = ask_for_dossier(plan=plan, language="en", by=None, at=now())
    later = Describe(lineage=lineage(plan, 3), name="Neu", base_revision=plan.revision)
    actions.edit(plan=plan, command=later, by=None, at=now())
    newer = ask_for_dossier(plan=plan, language="en", by=None, at=now())
    assert newer.pk != row.pk
    make(dossier=row.pk, at=now())
    row.refresh_from_db()
    assert row.revision == plan.revision
    assert Dossier.objects.filter(plan=plan, revision=plan.revision).count() == 1
    assert not make(dossier=newer.pk, at=now())  # it became the same one


def test_without_libraries_for_print_the_workbook_is_there(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*args: Any, **more: Any) -> None:
        raise making.PrintingMissing(packages=paper.PACKAGES)

    monkeypatch.setattr(making, "pdf_of", missing)
    row = ask_for_dossier(plan=plan, language="en", by=None, at=now())
    make(dossier=row.pk, at=now())
    row.refresh_from_db()
    assert row.state == "failed"
    assert "apt-get install" in row.problem
    assert row.xlsx
    assert not row.pdf


def test_what_goes_wrong_is_said_and_tried_again(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **more: Any) -> None:
        raise ZeroDivisionError

    row = ask_for_dossier(plan=plan, language="en", by=None, at=now())
    with monkeypatch.context() as patch:
        patch.setattr(making, "gather", broken)
        with pytest.raises(ZeroDivisionError):
            make(dossier=row.pk, at=now())
    row.refresh_from_db()
    assert row.state == "failed"
    make(dossier=row.pk, at=now())
    row.refresh_from_db()
    assert row.state == "done"


def test_side_by_side_marks_what_is_better(plan: Plan) -> None:
    running = plan.scheme.plans.get(number=1)
    running.scheme = plan.scheme
    with translation.override("en"):
        sides = side_by_side([running, plan], at=now())
    rows = {row.word: row.cells for row in sides.rows}
    assert rows["Dwellings that change hands"][0].value == 0
    rounder = rows["Compactness (1 is a circle)"]
    best = max(rounder, key=lambda cell: cell.value or 0)
    assert [cell.best for cell in rounder] == [cell is best for cell in rounder]
    less = rows["Largest distance from the range, dwellings"]
    least = min(cell.value or 0 for cell in less)
    assert all(cell.value == least for cell in less if cell.best)
    assert not any(cell.best for cell in rows["Grids"])
    assert [cell.value for cell in rows["Grids"]] == [4, 5]


def test_maps_have_round_scales_and_names_that_do_not_meet() -> None:
    frame = fitting((113.0, 30.0, 113.02, 30.01), 263, 153)
    assert frame.scale in SCALES
    west, south, east, north = frame.window
    assert west < 113.0
    assert east > 113.02
    assert south < 30.0
    assert north > 30.01
    names = Names(1000, 1000)
    assert names.at("人民路", 500, 500, 90) is not None
    assert names.at("解放路", 520, 510, 90) is None
    assert names.at("解放路", 20, 510, 90) is None  # over the edge
