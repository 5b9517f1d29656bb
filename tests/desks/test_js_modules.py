"""Pure modules, tried by node's own test runner: the map's and the boundary editor's."""

import subprocess
from pathlib import Path

import pytest

from tests.desks.js_modules import NODE, lay_out

HERE = Path(__file__).resolve().parent


@pytest.mark.parametrize("subject", sorted(path.stem for path in HERE.glob("js/*.test.mjs")))
def test_modules(subject: str, tmp_path: Path) -> None:
    """Each file of tests/desks/js passes against the modules as they are served."""
    lay_out(tmp_path)
    done = subprocess.run(
        [str(NODE), "--test", f"tests/{subject}.mjs"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
