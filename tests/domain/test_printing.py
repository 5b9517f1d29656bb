"""A dossier is printed in a process of its own, and what becomes of that process is told."""

import subprocess
import sys
from typing import Any

import pypdfium2
import pytest

from geogrid.publishing.dossier import printing
from geogrid.publishing.dossier.printing import CannotPrint, LibrariesMissing, printed


def test_pages_and_bookmarks() -> None:
    page = '<h1 style="break-before: page">{}</h1><p>镜湖</p>'
    pdf, pages = printed(page.format("一") + page.format("二"))
    document = pypdfium2.PdfDocument(pdf)
    assert pages == len(document) == 2
    assert [one.get_title() for one in document.get_toc()] == ["一", "二"]
    document.close()


def test_nothing_is_loaded_from_anywhere() -> None:
    pdf, pages = printed('<img src="file:///etc/hostname" alt="nothing"><p>there</p>')
    assert pages == 1
    assert pdf.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("program", "problem"),
    [
        (f"raise SystemExit({printing.MISSING})", LibrariesMissing),
        ("import os; os.kill(os.getpid(), 9)", CannotPrint),
        ("raise MemoryError('too large')", CannotPrint),
    ],
)
def test_an_end_without_a_pdf_is_told(
    program: str, problem: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = subprocess.run

    def other(_words: list[str], **more: Any) -> Any:
        return run([sys.executable, "-c", program], **more)

    monkeypatch.setattr(printing.subprocess, "run", other)
    with pytest.raises(problem):
        printed("<p>x</p>")


def test_the_process_does_without_django() -> None:
    program = "import sys; from geogrid.publishing.dossier import printing; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=printing.CHECKOUT,
    )
    assert "django" not in done.stdout.split()
