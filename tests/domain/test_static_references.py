"""Every static file that a template or a module names exists."""

import re
from pathlib import Path

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
    modules = [
        path
        for static in (checkout / "geogrid/desks").rglob("static")
        for path in static.rglob("*.js")
    ]
    missing = {
        f"{module.relative_to(checkout)}: {name}"
        for module in modules
        for name in IMPORTED.findall(module.read_text())
        if not (module.parent / name).exists()
    }
    assert not missing
