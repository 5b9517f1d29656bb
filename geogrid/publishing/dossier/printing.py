"""HTML to PDF in a process of its own: what a large dossier needs goes back when it is printed.

Two thousand grids need more than a gigabyte while WeasyPrint lays them out, and Python keeps what
it once had; a worker that goes on for months must not. The process knows neither Django nor the
database: HTML comes in, the number of pages and the PDF go out.

WeasyPrint loads Debian's pango, which a machine may lack.
"""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

__all__ = ["CannotPrint", "LibrariesMissing", "printed"]

CHECKOUT = Path(__file__).resolve().parents[3]
MISSING = 3  # what the process ends with when it cannot load the libraries
A_PAGE_TAKES = 5.0  # seconds at most, on a busy machine; a dossier has a page or so for ten grids
AT_LEAST = 600.0
LAST_WORDS = 400


class LibrariesMissing(Exception):
    """pango is not installed."""


class CannotPrint(RuntimeError):
    """The process came to an end without a PDF; its last words, or the signal that ended it."""


def printed(source: str, *, grids: int = 0) -> tuple[bytes, int]:
    """The PDF of an HTML document that holds everything, and its number of pages.

    `grids` says how long it may take. Raises LibrariesMissing, CannotPrint, TimeoutExpired.
    """
    done = subprocess.run(
        [sys.executable, "-m", "geogrid.publishing.dossier.printing"],
        input=source.encode(),
        capture_output=True,
        cwd=CHECKOUT,
        timeout=AT_LEAST + grids * A_PAGE_TAKES / 10,
        check=False,
    )
    if done.returncode == MISSING:
        raise LibrariesMissing
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()[-LAST_WORDS:]
        raise CannotPrint(f"printing ended with {done.returncode}: {said}")
    pages, _, pdf = done.stdout.partition(b"\n")
    return pdf, int(pages)


def main() -> int:
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except OSError:
        return MISSING

    class Nothing(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
        """A dossier holds everything; whatever asks for an address was typed by somebody."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            raise ValueError("a dossier loads nothing")

    source = sys.stdin.buffer.read().decode()
    document = HTML(string=source, url_fetcher=Nothing()).render()
    target = BytesIO()
    document.write_pdf(target)
    sys.stdout.buffer.write(b"%d\n" % len(document.pages))
    sys.stdout.buffer.write(target.getbuffer())
    return 0


if __name__ == "__main__":
    sys.exit(main())
