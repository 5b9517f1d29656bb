"""What the editor weighs on its way to a browser: the desk's JavaScript, compressed."""

import gzip
import re
from pathlib import Path

import pytest

DESKS = Path(__file__).resolve().parents[2] / "geogrid/desks"
MODULES = DESKS / "planner/static/planner/editor"
IMPORTED = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["'](?P<path>\.{1,2}/[^"']+\.js)["']""")
MOST = 150 * 1000  # bytes, gzipped file by file as they are served


def reached_from(start: Path) -> set[Path]:
    """The module, all it imports, and what it loads later."""
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


def test_the_desks_javascript_stays_light() -> None:
    editor = reached_from(MODULES / "desk.js") | set(MODULES.rglob("*.js"))
    bytes_ = weight(editor)
    assert len(editor) > 50
    assert bytes_ <= MOST, f"{bytes_:,} bytes of JavaScript; load rare things on request"


@pytest.mark.parametrize("missing", ["./nowhere.js"])
def test_a_module_that_is_not_there_is_noticed(missing: str) -> None:
    with pytest.raises((StopIteration, FileNotFoundError)):
        reached_from(placed(MODULES / "desk_state.js", missing))
