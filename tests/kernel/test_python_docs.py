"""docs/python.md is run from top to bottom; what it shows is what comes out."""

import doctest
import re
import warnings
from pathlib import Path

import pytest

BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.fixture
def page(checkout: Path) -> str:
    return (checkout / "docs" / "python.md").read_text()


def test_every_block_of_the_page_runs_and_shows_what_comes_out(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    # Text between the blocks becomes empty lines, so that a failure names the line of the page.
    kept = set()
    for block in BLOCK.finditer(page):
        first = page.count("\n", 0, block.start(1))
        kept |= set(range(first, first + block[1].count("\n")))
    source = "\n".join(
        line if number in kept else "" for number, line in enumerate(page.split("\n"))
    )
    test = doctest.DocTestParser().get_doctest(source, {}, "python.md", "docs/python.md", 0)
    assert len(test.examples) > 30
    told: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = doctest.DocTestRunner(optionflags=FLAGS).run(test, out=told.append)
    assert not result.failed, "".join(told)


def test_no_block_is_only_to_be_looked_at(page: str) -> None:
    blocks = BLOCK.findall(page)
    assert blocks
    for block in blocks:
        assert block.startswith(">>> "), f"not executed: {block[:60]!r}"
