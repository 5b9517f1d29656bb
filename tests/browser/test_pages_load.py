"""Both demo towns open in a real browser, in both languages, wide and on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
@pytest.mark.parametrize("phone", [False, True])
def test_each_town_opens(
    demo_towns: None, visitor: Callable[..., Page], language: str, phone: bool
) -> None:
    page = visitor(language=language, phone=phone)
    for area in ("jinghu", "neubrandenburg"):
        answer = page.goto(f"/map/{area}/")
        assert answer is not None
        assert answer.status == 200
        assert page.evaluate("document.documentElement.lang").startswith(language[:2])
