"""docs/operators.md and the code name the same environment variables, with the same defaults."""

import re
from pathlib import Path

from doors.variables import VARIABLES as DOOR_VARIABLES
from geogrid.config.environment import VARIABLES

ROW = re.compile(r"^\| `([A-Z_]+)` \| (.*?) \|", re.MULTILINE)
READS = re.compile(r"""os\.environ(?:\.get)?[\[(]\s*["']([A-Z_]+)["']""")
ELSEWHERE = {"DJANGO_SETTINGS_MODULE", "GEOGRID_SECRET_KEY"}  # Django's own; listed by settings


def test_table_in_the_guide_is_what_the_code_reads(checkout: Path) -> None:
    documented = dict(ROW.findall((checkout / "docs/operators.md").read_text()))
    in_code = {variable.name: variable.default for variable in VARIABLES} | DOOR_VARIABLES
    assert documented.keys() == in_code.keys()
    wrong = {
        name: (documented[name], default)
        for name, default in in_code.items()
        if default and f"`{default}`" != documented[name]
    }
    assert not wrong


def test_nothing_else_reads_the_environment(checkout: Path) -> None:
    listed = {variable.name for variable in VARIABLES} | set(DOOR_VARIABLES) | ELSEWHERE
    found = {
        f"{path.relative_to(checkout)}: {name}"
        for top in ("geogrid", "layers", "scripts/doors")
        for path in (checkout / top).rglob("*.py")
        for name in READS.findall(path.read_text())
        if name not in listed
    }
    assert not found


def test_each_variable_says_what_it_means() -> None:
    assert all(variable.meaning.endswith(".") for variable in VARIABLES)
