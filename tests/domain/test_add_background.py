"""`add_background`: looks first, writes with --commit, says in a sentence what it cannot use."""

import io
from pathlib import Path

import pytest
from django.core.management import call_command

from layers.backgrounds.models import Background
from tests.domain import background_files as files
from tests.factories import AreaFactory

pytestmark = pytest.mark.django_db


def run(*words: str) -> tuple[int, str]:
    told = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("add_background", *words, stdout=told, stderr=told)
    return int(ended.value.code or 0), told.getvalue()


def test_a_file_on_the_server_is_looked_at_then_added(tmp_path: Path) -> None:
    area = AreaFactory(slug="jinghu")
    path = files.mbtiles(tmp_path / "photos.mbtiles", {(16, 53575, 26912): files.picture()})
    status, words = run(str(path), "--area", area.slug)
    assert status == 0 and "zoom 16 to 16" in words and "--commit" in words
    assert not Background.objects.exists()
    status, words = run(str(path), "--area", area.slug, "--name", "影像", "--on", "--commit")
    row = Background.objects.get()
    assert status == 0 and "switched on" in words
    assert (row.path, row.name_zh, row.enabled) == (str(path), "影像", True)


def test_what_it_cannot_use_ends_with_2(tmp_path: Path) -> None:
    AreaFactory(slug="jinghu")
    other = tmp_path / "a.txt"
    other.write_text("nothing")
    assert run(str(tmp_path / "gone"), "--area", "jinghu")[0] == 2
    assert run(str(other), "--area", "jinghu")[0] == 2
    assert run(str(other), "--area", "nowhere")[0] == 2
