"""Every sentence on a screen has a Chinese one: what the sources say is what the .po files hold."""

import re
import subprocess
from pathlib import Path

import pytest
from django.utils.translation import templatize

HERE = Path(__file__).resolve().parents[2]
PYTHON = ["--language=Python", *(f"--keyword={word}" for word in (
    "gettext_noop", "gettext_lazy", "ngettext_lazy:1,2", "pgettext:1c,2", "npgettext:1c,2,3",
    "pgettext_lazy:1c,2", "npgettext_lazy:1c,2,3",
))]  # fmt: skip
SCRIPTS = ["--language=JavaScript", "--keyword=say:1", "--keyword=sayCount:1,2"]
BLOCK = re.compile(r'^((?:msgctxt|msgid)(?: ".*"\n(?:".*"\n)*))', re.MULTILINE)


def files(*ends: str) -> list[Path]:
    tops = ("geogrid", "layers", "map_templates")
    found = [path for top in tops for path in sorted((HERE / top).rglob("*")) if path.is_file()]
    return [path for path in found if path.name.endswith(ends) and "migrations" not in path.parts]


def extracted(paths: list[Path], options: list[str]) -> set[str]:
    """Message ids of sources, as xgettext reads them."""
    listing = "\n".join(map(str, paths))
    made = subprocess.run(
        ["xgettext", "--from-code=UTF-8", "-o", "-", "-f", "-", *options],
        input=listing, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return ids(made)


def ids(catalogue: str) -> set[str]:
    """Message ids of a catalogue, each joined to one line; entries that are obsolete are none."""
    found = set()
    for block in BLOCK.findall(catalogue):
        word, _, rest = block.partition(" ")
        if word == "msgid":
            found.add("".join(re.findall(r'"(.*)"', rest)))
    return found - {""}


@pytest.fixture(scope="module")
def translated() -> set[str]:
    known: set[str] = set()
    for path in files(".po"):
        said = subprocess.run(
            ["msgattrib", "--translated", "--no-fuzzy", "--no-obsolete", path],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        known |= ids(said)
    return known


def missing(found: set[str], translated: set[str]) -> list[str]:
    assert len(found) > 50  # the sources were read
    return sorted(found - translated)


def test_python_sentences_are_translated(translated: set[str]) -> None:
    own = [path for path in files(".py") if path.parent.name != "settings"]  # Django's own words
    assert missing(extracted(own, PYTHON), translated) == []


def test_script_sentences_are_translated(translated: set[str]) -> None:
    scripts = [path for path in files(".js") if "/vendor/" not in str(path)]
    assert missing(extracted(scripts, SCRIPTS), translated) == []


def test_template_sentences_are_translated(translated: set[str], tmp_path: Path) -> None:
    made = []
    for number, path in enumerate(files(".html", ".txt")):
        copy = tmp_path / f"{number}.py"
        copy.write_text(templatize(path.read_text(), origin=str(path)))
        made.append(copy)
    assert missing(extracted(made, PYTHON), translated) == []
