"""The map's and the boundary editor's modules where node can run them, as they are served."""

import shutil
from pathlib import Path

import playwright

HERE = Path(__file__).resolve().parent
DESKS = HERE.parents[1] / "geogrid/desks"
MODULES = {
    "js": DESKS / "static/geogrid/js",
    "editor": DESKS / "planner/static/planner/editor",
    "backgrounds": DESKS / "planner/static/planner/backgrounds",
    "from_file": DESKS / "planner/static/planner/from_file",
    "starting": DESKS / "planner/static/planner/starting",
    "tests": HERE / "js",
}
# Playwright brings a Node.js of its own; a bare system has no other.
NODE = shutil.which("node") or Path(playwright.__file__).parent / "driver/node"


def lay_out(folder: Path) -> None:
    """Copied beside a package.json of their own: older nodes read .js as modules only there."""
    for name, modules in MODULES.items():
        shutil.copytree(modules, folder / name)
    (folder / "package.json").write_text('{"type": "module"}')
