"""The installation's window: written by `migrate`, asked by every CHECK, carried by a dump."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import IntegrityError, connection, connections, transaction

from layers.basemap.window import window_from, write_window
from tests.conftest import Clone
from tests.domain.division import plan_of
from tests.pictures import picture, whole


@pytest.fixture
def owner(clone: Clone, transactional_db: None) -> Iterator[None]:
    """This test's database as the role that migrates it."""
    account = connections["default"].settings_dict["USER"]
    connections.close_all()
    connections["default"].settings_dict["USER"] = clone.owner
    yield
    connections.close_all()
    connections["default"].settings_dict["USER"] = account


def test_migrate_writes_the_window(owner: None, settings: Any) -> None:
    settings.GEOGRID_WINDOW = ["13", "53", "14", "54"]
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT ground_window()")
        assert cursor.fetchone() == ([13.0, 53.0, 14.0, 54.0],)
    with pytest.raises(IntegrityError, match="boundary_in_window"), transaction.atomic():
        plan_of(picture("a").values(), whole("a"))


def test_a_window_that_leaves_rows_out_is_refused(owner: None, settings: Any) -> None:
    plan_of(picture("a").values(), whole("a"))
    settings.GEOGRID_WINDOW = ["13", "53", "14", "54"]
    with pytest.raises(ImproperlyConfigured, match="leaves out 1 shapes"), transaction.atomic():
        write_window()


@pytest.mark.parametrize(
    "parts", [["13", "53", "14"], ["14", "53", "13", "54"], ["a", "b", "c", "d"], ["nan"] * 4]
)
def test_windows_that_are_none(parts: list[str]) -> None:
    with pytest.raises(ImproperlyConfigured, match="GEOGRID_WINDOW"):
        window_from(parts)
