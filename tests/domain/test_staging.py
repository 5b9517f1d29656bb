"""A file on its way in is its bringer's alone, and is gone when nobody comes back to it."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from layers.intake import staging
from layers.intake.errors import TooLarge
from layers.intake.models import Upload
from tests.case_factories import MORNING
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def staged(by: object = None, name: str = "grids.geojson") -> Upload:
    return staging.stage(
        content=b"{}", name=name, purpose="plan-file", place="town", by=by, at=MORNING
    )


def test_a_path_in_the_name_leads_nowhere() -> None:
    row = staged(name="..\\..\\secret/plan 2.GeoJSON")
    assert row.name == "plan 2.GeoJSON"
    assert row.file.name.startswith("intake/") and row.file.name.endswith(".geojson")
    assert "plan" not in row.file.name and row.file.read() == b"{}"


def test_it_is_its_bringers_alone() -> None:
    mine, other = UserFactory(), UserFactory()
    row = staged(by=mine)
    assert list(Upload.objects.of(mine, purpose="plan-file", place="town")) == [row]
    assert not Upload.objects.of(other, purpose="plan-file", place="town").exists()
    assert not Upload.objects.of(mine, purpose="plan-file", place="elsewhere").exists()


def test_an_answer_keeps_it_alive_and_a_week_of_silence_ends_it(
    django_capture_on_commit_callbacks: object,
) -> None:
    kept, left = staged(), staged()
    later = MORNING + timedelta(days=6)
    staging.answer(upload=kept, at=later, answers={"crs": "EPSG:4490"})
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert staging.forget_left_behind(at=MORNING + timedelta(days=8)) == 1
    assert list(Upload.objects.all()) == [kept]
    assert kept.file.storage.exists(kept.file.name)
    assert not left.file.storage.exists(left.file.name)
    assert Upload.objects.get().answers == {"crs": "EPSG:4490"}


def test_a_file_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "MOST_BYTES", 1)
    with pytest.raises(TooLarge):
        staged()
    assert not Upload.objects.exists()


def test_two_windows_answer_at_once_and_both_count() -> None:
    row = staged()
    one, other = Upload.objects.get(pk=row.pk), Upload.objects.get(pk=row.pk)
    staging.change_answers(upload=one, at=MORNING, change=lambda told: told | {"a": 1})
    staging.change_answers(upload=other, at=MORNING, change=lambda told: told | {"b": 2})
    assert Upload.objects.get().answers == {"a": 1, "b": 2}


def test_what_was_read_is_no_answer() -> None:
    row = staged()
    reading = Upload.objects.get(pk=row.pk)  # draws for a second or two
    staging.answer(upload=row, at=MORNING, answers={"steps": [1]}, report={"key": "old"})
    staging.keep_report(upload=reading, at=MORNING, report={"key": "new"})
    assert Upload.objects.get().answers == {"steps": [1]}
    assert Upload.objects.get().report == {"key": "new"}
    late = Upload.objects.get()
    staging.answer(upload=reading, at=MORNING, answers={"steps": []})
    staging.keep_report(upload=late, at=MORNING, report={"key": "later"})
    staging.answer(upload=reading, at=MORNING, answers={"steps": [2]})
    assert Upload.objects.get().report == {"key": "later"}
    staging.discard(upload=row)
    staging.keep_report(upload=late, at=MORNING, report={})
    assert not Upload.objects.exists()


def test_it_is_used_up_once_and_stays_where_nothing_came_of_it() -> None:
    row = staged()
    with pytest.raises(KeyError), staging.used_up(row):
        raise KeyError
    with staging.used_up(Upload.objects.get()):
        pass
    with pytest.raises(Upload.DoesNotExist), staging.used_up(row):
        pass


@pytest.mark.parametrize("name", ["网" * 180 + ".geojson", "网" * 250, "a" * 300 + ".shp"])
def test_a_long_name_fits_a_file_system_and_keeps_its_ending(name: str) -> None:
    kept = staged(name=name).name
    assert len(kept.encode()) <= 200
    assert kept.endswith((".geojson", "网", ".shp"))
    assert name.startswith(kept.rpartition(".")[0] or kept)


def test_no_zero_in_a_name() -> None:
    assert staged(name="a\0b.zip").name == "ab.zip"


def test_an_account_that_goes_leaves_no_file_for_ever(
    django_capture_on_commit_callbacks: object,
) -> None:
    user = UserFactory()
    row = staged(by=user)
    user.delete()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        staging.forget_left_behind(at=MORNING + timedelta(days=8))
    assert not Upload.objects.exists()
    assert not row.file.storage.exists(row.file.name)


def test_a_file_without_a_row_goes_after_a_week() -> None:
    lost, fresh, kept = staged(), staged(), staged()
    Upload.objects.exclude(pk=kept.pk).delete()
    for row, days in ((lost, 8), (fresh, 6), (kept, 8)):
        then = (MORNING - timedelta(days=days)).timestamp()
        os.utime(row.file.path, (then, then))
    assert staging.forget_left_behind(at=MORNING) == 1
    assert not Path(lost.file.path).exists()
    assert Path(fresh.file.path).exists() and Path(kept.file.path).exists()
