"""Fixtures for tests in Debian's chromium: pages, what went wrong on them, and axe.

Every page of a test fails it afterwards when the page asked another host for anything, broke the
content security policy, or raised a JavaScript error.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Watch:
    """What a browser context did that it should not."""

    host: str
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def see(self, page: Page) -> None:
        page.on("request", lambda request: self._request(request.url))
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._console(page, message.type, message.text))

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self.host:
            self.foreign.append(url)

    def _console(self, page: Page, kind: str, text: str) -> None:
        if "Content Security Policy" in text:
            self.errors.append(f"{page.url}: {text}")

    def check(self) -> None:
        """Fail the test that did any of it."""
        assert not self.foreign, f"asked other hosts: {self.foreign[:5]}"
        assert not self.errors, "\n".join(self.errors[:5])


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One chromium per test process."""
    program = shutil.which("chromium")
    if program is None:
        pytest.fail("chromium is missing; scripts/test installs it")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        # Playwright's own event loop makes Django suspect asynchronous code; there is none.
        before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        yield started
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        started.close()


@pytest.fixture
def visitor(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """`visitor(language="zh-CN", phone=True, **context)` opens a page of a browser of its own.

    Paths are relative to the live server: `visitor().goto("/")`.
    """
    contexts: list[BrowserContext] = []
    watch = Watch(urlsplit(live_server.url).netloc)

    def open_page(*, language: str = "zh-CN", phone: bool = False, **options: Any) -> Page:
        size = {"width": 390, "height": 844} if phone else {"width": 1280, "height": 800}
        context = browser.new_context(
            **{
                "base_url": live_server.url,
                "locale": language,
                "viewport": size,
                "has_touch": phone,
                **options,
            }
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        watch.see(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    watch.check()


@pytest.fixture
def sign_in(live_server: Any) -> Callable[[Page, str], Page]:
    """`sign_in(page, "planner.jinghu")`: the page's browser is logged in as that user."""

    def log_in(page: Page, username: str) -> Page:
        client = Client()
        client.force_login(
            get_user_model().objects.get(username=username),
            backend="django.contrib.auth.backends.ModelBackend",
        )
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
        page.context.add_cookies([cookie])
        return page

    return log_in


@pytest.fixture
def page(visitor: Callable[..., Page]) -> Page:
    """A wide page in Chinese."""
    return visitor()


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """`axe(page)` lists accessibility violations, one sentence each; empty when there is none."""
    source = (Path(settings.NPM_ROOT) / "axe-core/axe.min.js").read_text()

    def violations(page: Page) -> list[str]:
        page.evaluate(source)
        found = page.evaluate(
            "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", AXE_TAGS
        )
        return [
            f"{rule['id']}: {rule['help']} at {node['target']} {node['html'][:160]}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]

    return violations
