"""A file on its way in is its bringer's alone, and is gone when nobody comes back to it."""

from datetime import timedelta

import pytest

from layers.intake import staging
from layers.intake.errors import TooLarge
from layers.intake.models import Upload
from tests.case_factories import MORNING
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


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
