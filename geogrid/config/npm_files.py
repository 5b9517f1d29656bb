"""Serve the few named files of node_modules below /static/vendor/, and nothing else of it."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage

PREFIX = "vendor"


class PrefixedStorage(FileSystemStorage):
    """A storage whose files collectstatic puts below `prefix`."""

    prefix = PREFIX


class NpmFilesFinder(BaseFinder):
    """A staticfiles finder over the allow-list settings.NPM_FILES (glob patterns)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.root = Path(settings.NPM_ROOT)
        self.storage = PrefixedStorage(location=self.root)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return [
            Error(f"{pattern} is not in {self.root}: run npm ci.", id="geogrid.E001")
            for pattern in settings.NPM_FILES
            if not any(self.root.glob(pattern))
        ]

    def find(self, path: str, find_all: bool = False) -> Any:
        inside = PurePosixPath(path)
        if inside.parts[:1] != (PREFIX,) or ".." in inside.parts:
            return []
        name = inside.relative_to(PREFIX)
        found = self.root / name
        if not found.is_file() or not any(name.match(p) for p in settings.NPM_FILES):
            return []
        return [str(found)] if find_all else str(found)

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, PrefixedStorage]]:
        for pattern in settings.NPM_FILES:
            for path in sorted(self.root.glob(pattern)):
                yield str(path.relative_to(self.root)), self.storage
