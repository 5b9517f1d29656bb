"""Accounts that open without a password keep the server on this machine."""

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from pytest_django.fixtures import Settings

from geogrid.config.checks import refuse_open_demo

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo_account() -> None:
    get_user_model().objects.create(username="planner.jinghu", is_demo=True)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "grid.example.org"])
def test_refused_on_another_address(settings: Settings, demo_account: None, host: str) -> None:
    settings.HOST, settings.ALLOWED_HOSTS = host, ["localhost"]
    with pytest.raises(ImproperlyConfigured, match="planner.jinghu"):
        refuse_open_demo()


def test_refused_under_a_public_name(settings: Settings, demo_account: None) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "grid.example.org"]
    with pytest.raises(ImproperlyConfigured, match="grid.example.org"):
        refuse_open_demo()
    with pytest.raises(SystemCheckError, match="E002"):
        call_command("check", "--database", "default", "--tag", "security")


def test_allowed_on_this_machine(settings: Settings, demo_account: None) -> None:
    settings.HOST, settings.ALLOWED_HOSTS = "127.0.0.1", ["localhost", "127.0.0.1", "[::1]"]
    refuse_open_demo()


def test_allowed_without_demo_accounts(settings: Settings) -> None:
    settings.HOST, settings.ALLOWED_HOSTS = "0.0.0.0", ["grid.example.org"]
    get_user_model().objects.create(username="planner.real")
    refuse_open_demo()
