"""Pure modules, tried by node's own test runner: the map's and the boundary editor's."""

import shutil
import subprocess
from pathlib import Path

import playwright
import pytest

HERE = Path(__file__).resolve().parent
DESKS = HERE.parents[1] / "geogrid/desks"
MODULES = {
    "js": DESKS / "static/geogrid/js",
    "editor": DESKS / "planner/static/planner/editor",
}
# Playwright brings a Node.js of its own; a bare system has no other.
NODE = shutil.which("node") or Path(playwright.__file__).parent / "driver/node"


@pytest.mark.parametrize("subject", sorted(path.stem for path in HERE.glob("js/*.test.mjs")))
def test_modules(subject: str, tmp_path: Path) -> None:
    """Each file of tests/desks/js passes against the modules as they are served."""
    # Copied beside a package.json of their own: older nodes read .js as modules only there.
    for name, folder in MODULES.items():
        shutil.copytree(folder, tmp_path / name)
    shutil.copytree(HERE / "js", tmp_path / "tests")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    done = subprocess.run(
        [str(NODE), "--test", f"tests/{subject}.mjs"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
