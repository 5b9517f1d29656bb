"""Serve the few named files of node_modules below /static/vendor/, and nothing else of it."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage


class NpmFilesFinder(BaseFinder):
    """A staticfiles finder over the allow-list settings.NPM_FILES (glob patterns)."""

    prefix = "vendor"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.root = Path(settings.NPM_ROOT)
        self.storage = FileSystemStorage(location=self.root)
        self.storage.prefix = self.prefix  # collectstatic puts the files below it

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return [
            Error(f"{pattern} is not in {self.root}: run npm ci.", id="geogrid.E001")
            for pattern in settings.NPM_FILES
            if not any(self.root.glob(pattern))
        ]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> str | list[str]:
        inside = PurePosixPath(path)
        if inside.parts[:1] != (self.prefix,) or ".." in inside.parts:
            return []
        name = inside.relative_to(self.prefix)
        found = self.root / name
        if not found.is_file() or not any(name.match(p) for p in settings.NPM_FILES):
            return []
        return [str(found)] if find_all else str(found)

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        for pattern in settings.NPM_FILES:
            for path in sorted(self.root.glob(pattern)):
                yield str(path.relative_to(self.root)), self.storage
