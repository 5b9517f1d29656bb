"""Nothing that a person can open or run is missing from the documentation.

The idea is datasette's: the list comes from the code, the words from docs/.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

ELSEWHERE = ("admin:",)
# The interactive description and its file; described in words in docs/api.md.
NINJA = ("openapi-json", "openapi-view", "api-root")


def named(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from named(pattern.url_patterns, inner)
        elif pattern.name:
            yield prefix + pattern.name


def texts(folder: Path) -> str:
    return "\n".join(path.read_text() for path in sorted(folder.rglob("*.md")))


def commands(checkout: Path) -> list[str]:
    found = [
        path.stem
        for top in ("geogrid", "layers")
        for path in (checkout / top).rglob("management/commands/*.py")
    ]
    return sorted(name for name in found if not name.startswith("_"))


@pytest.fixture
def docs(checkout: Path) -> Path:
    return checkout / "docs"


def test_every_address_is_named(docs: Path) -> None:
    from geogrid.desks.demo import urls as demo

    names = {*named(get_resolver().url_patterns), *named(demo.urlpatterns, "demo:")}
    words = texts(docs)
    missing = sorted(
        name
        for name in names
        if not name.startswith(ELSEWHERE)
        and not name.endswith(NINJA)
        and f"`{name}`" not in words
        and f"`{name.split(':', 1)[-1]}`" not in words
    )
    assert not missing, f"docs/ does not name these pages: {missing}"


def test_every_command_is_named(docs: Path, checkout: Path) -> None:
    words = (docs / "commands.md").read_text()
    missing = [name for name in commands(checkout) if f"`{name}" not in words]
    assert not missing, f"docs/commands.md does not name: {missing}"


def test_every_door_is_named(docs: Path, checkout: Path) -> None:
    words = texts(docs)
    doors = [p.name for p in (checkout / "scripts").iterdir() if p.is_file() and not p.suffix]
    missing = sorted(name for name in doors if f"scripts/{name}" not in words)
    assert not missing, f"docs/ does not name these doors: {missing}"


def test_every_desk_has_a_page(docs: Path, checkout: Path) -> None:
    desks = {p.parent.name for p in (checkout / "geogrid/desks").glob("*/urls.py")}
    assert desks - {"api", "demo"} == {p.stem for p in (docs / "desks").glob("*.md")}


def test_links_and_pictures_are_there(docs: Path, checkout: Path) -> None:
    broken = []
    for page in [*docs.rglob("*.md"), checkout / "README.md", checkout / "CHANGELOG.md"]:
        text = page.read_text()
        targets = re.findall(r"\]\(([^)#\s]+)\)", text) + re.findall(r'src="([^"]+)"', text)
        for target in targets:
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(checkout)}: {target}")
    assert not broken, broken


def test_no_decision_is_missing_its_number(docs: Path) -> None:
    numbers = sorted(int(path.name[:4]) for path in (docs / "decisions").glob("0*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
