"""Every static file that a template or a module names exists."""

import posixpath
import re
from pathlib import Path, PurePosixPath

from django.contrib.staticfiles import finders

NAMED = re.compile(r"""\{%\s*static\s+["']([^"'{]+)["']""")
IMPORTED = re.compile(r"""^(?:import|export)\b[^;]*?["'](\.{1,2}/[^"']+)["']""", re.MULTILINE)


def test_templates_name_files_that_exist(checkout: Path) -> None:
    templates = [
        *(checkout / "map_templates").rglob("*.html"),
        *(checkout / "geogrid").rglob("templates/**/*.html"),
    ]
    missing = {
        f"{template.relative_to(checkout)}: {name}"
        for template in templates
        for name in NAMED.findall(template.read_text())
        if not finders.find(name)
    }
    assert not missing


def test_modules_import_files_that_exist(checkout: Path) -> None:
    missing = set()
    for static in (checkout / "geogrid/desks").rglob("static"):
        for module in static.rglob("*.js"):
            served = PurePosixPath(module.relative_to(static))
            for name in IMPORTED.findall(module.read_text()):
                # As a browser reads it: relative to the address, not to the folder on disk.
                address = posixpath.normpath(served.parent / name)
                if not finders.find(address):
                    missing.add(f"{module.relative_to(checkout)}: {name}")
    assert not missing
