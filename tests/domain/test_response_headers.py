"""What every answer tells the browser not to do, and which files of npm packages are served."""

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from geogrid.config.npm_files import NpmFilesFinder


def test_policy_allows_only_this_host(client: Client) -> None:
    policy = dict(
        part.strip().split(" ", 1)
        for part in client.get("/healthz")["Content-Security-Policy"].split(";")
    )
    assert policy["style-src"] == "'self'"
    assert policy["object-src"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert policy["connect-src"] == "'self'"
    assert policy["script-src"].split()[0] == "'self'"
    assert "unsafe" not in str(policy)
    assert not [word for value in policy.values() for word in value.split() if "//" in word]


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "strict-origin-when-cross-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("X-Frame-Options", "DENY"),
    ],
)
def test_headers(client: Client, header: str, value: str) -> None:
    assert client.get("/healthz")[header] == value


def test_position_is_for_our_own_pages_only(client: Client) -> None:
    assert "geolocation=(self)" in client.get("/healthz")["Permissions-Policy"]


@pytest.mark.parametrize(
    "path",
    [
        "vendor/leaflet/package.json",
        "vendor/leaflet/dist/leaflet-src.js",
        "vendor/axe-core/axe.min.js",
        "vendor/../package.json",
        "vendor/leaflet/../../package.json",
        "package.json",
    ],
)
def test_nothing_else_of_npm_is_served(path: str) -> None:
    assert not NpmFilesFinder().find(path)


def test_each_named_file_is_there() -> None:
    assert NpmFilesFinder().check() == []
    assert finders.find("vendor/leaflet/dist/leaflet.js")


def test_map_asks_no_tile_server() -> None:
    assert settings.LEAFLET_CONFIG["TILES"] == []
