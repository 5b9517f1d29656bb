"""What the editor weighs on its way to a browser: the desk's JavaScript, compressed."""

import gzip
import re
from pathlib import Path

import pytest

DESKS = Path(__file__).resolve().parents[2] / "geogrid/desks"
MODULES = DESKS / "planner/static/planner/editor"
IMPORTED = re.compile(r"""\b(?:from|import)\s*["'](?P<path>\.{1,2}/[^"']+\.js)["']""")
MOST = 150 * 1000  # bytes, gzipped file by file as they are served


def reached_from(start: Path) -> set[Path]:
    """The module and all it imports; not what it loads when it is asked for."""
    found: set[Path] = set()
    pending = [start]
    while pending:
        module = pending.pop()
        if module in found:
            continue
        found.add(module)
        for one in IMPORTED.finditer(module.read_text(encoding="utf-8")):
            pending.append(placed(module, one["path"]))
    return found


def placed(module: Path, path: str) -> Path:
    """A file that another one imports by its address: static folders of several apps are one."""
    there = (module.parent / path).resolve()
    if there.exists():
        return there
    roots = [DESKS / "static", DESKS / "planner/static"]
    root = next(one for one in roots if module.is_relative_to(one))
    address = there.relative_to(root)
    return next(one / address for one in roots if (one / address).exists())


def weight(modules: set[Path]) -> int:
    return sum(len(gzip.compress(one.read_bytes(), 6)) for one in modules)


def test_opening_the_desk_loads_little() -> None:
    """The map's modules that all desks share, too."""
    loaded = reached_from(MODULES / "desk.js")
    assert len(loaded) > 50
    assert weight(loaded) <= MOST, f"{weight(loaded):,} bytes: load rare things on request"


def test_the_editor_as_a_whole_is_light() -> None:
    """Also what is loaded on request."""
    own = set(MODULES.rglob("*.js"))
    assert weight(own) <= MOST, f"{weight(own):,} bytes"


@pytest.mark.parametrize("missing", ["./nowhere.js"])
def test_a_module_that_is_not_there_is_noticed(missing: str) -> None:
    with pytest.raises((StopIteration, FileNotFoundError)):
        reached_from(placed(MODULES / "desk_state.js", missing))
