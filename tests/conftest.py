"""The database each test gets, and a real browser.

* `db` (or `@pytest.mark.django_db`): the application's role, rolled back after the test.
* `transactional_db`, `live_server`, `django_db(transaction=True)`: real commits; afterwards the
  database is dropped and cloned again from the migrated template. Nothing is ever truncated:
  the guards forbid it, and tests get no switch that the application could reach.
* `demo_towns`: the same, on a clone that holds both demo towns with their photos.
* `as_owner`: a connection of the tables' owner, for what only raw SQL with all rights can try.

Run by scripts/test, which brings the cluster and names the template.
"""

import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase, override_settings

from doors.lock import alone
from doors.places import Places, fingerprint
from geogrid.config.environment import database_settings

pytest_plugins = ["tests.browsing"]
# What the demo towns are made from; a change here loads them anew.
MAKES_TOWNS = [
    "fixtures",
    "layers",
    "geogrid/desks/demo",
    *(
        f"geogrid/{app}"
        for app in [
            "accounts",
            "cases",
            "coverage",
            "duty",
            "outbox",
            "patrols",
            "publishing",
            "territory",
            "timing",
        ]
    ),
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="also the tests that take minutes")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--long"):
        skip = pytest.mark.skip(reason="takes minutes; runs with --long")
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(skip)


class Clone:
    """This worker's database, cloned from a template by the test cluster's administrator."""

    def __init__(self, worker: str) -> None:
        if "GEOGRID_TEST_ADMIN" not in os.environ:
            pytest.exit("Run the tests with scripts/test: it brings their database.", 4)
        self.admin = database_settings(os.environ["GEOGRID_TEST_ADMIN"])
        self.owner = os.environ["GEOGRID_TEST_OWNER"]
        self.template = os.environ["GEOGRID_TEST_TEMPLATE"]
        self.name = f"run_{os.environ['GEOGRID_TEST_RUN']}_{worker}"

    def make(self, template: str | None = None) -> None:
        """Put a fresh clone in the place of this worker's database."""
        connections.close_all()
        self.administer(
            f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)",
            f"CREATE DATABASE {self.name} TEMPLATE {template or self.template} "
            f"OWNER {self.owner} STRATEGY FILE_COPY",
        )

    def administer(self, *statements: str) -> None:
        """Run statements as the cluster's administrator, each on its own."""
        with self._as_administrator() as cursor:
            for statement in statements:
                cursor.execute(statement)

    @contextmanager
    def _as_administrator(self) -> Iterator["psycopg2.extensions.cursor"]:
        connection = psycopg2.connect(
            dbname=self.admin["NAME"], user=self.admin["USER"], host=self.admin["HOST"]
        )
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def is_template(self, name: str) -> bool:
        """Whether a complete template of this name is there."""
        with self._as_administrator() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [name])
            return cursor.fetchone() is not None

    def connect(self, role: str) -> "psycopg2.extensions.connection":
        """A connection of its own to this worker's database."""
        return psycopg2.connect(dbname=self.name, user=role, host=self.admin["HOST"])


@pytest.fixture(scope="session")
def clone(worker_id: str) -> Clone:
    return Clone(worker_id)


@pytest.fixture(scope="session")
def django_db_setup(
    clone: Clone, django_test_environment: None, django_db_blocker: object
) -> Iterator[None]:
    """pytest-django's hook: its test database becomes a clone, and stays one between tests."""
    settings.DATABASES["default"]["NAME"] = clone.name
    connections["default"].settings_dict["NAME"] = clone.name
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        clone.make()
    replaced = TransactionTestCase._fixture_teardown

    def clone_again(test: TransactionTestCase) -> None:
        clone.make()

    TransactionTestCase._fixture_teardown = clone_again  # type: ignore[method-assign]
    yield
    TransactionTestCase._fixture_teardown = replaced  # type: ignore[method-assign]
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connections.close_all()
    clone.administer(f"DROP DATABASE IF EXISTS {clone.name} WITH (FORCE)")


@pytest.fixture(scope="session")
def towns_template(
    clone: Clone, django_db_setup: None, django_db_blocker: object
) -> tuple[str, Path]:
    """Name of a template with both demo towns, and the folder of their photos.

    Loaded once for the code as it stands, then kept in the test cluster.
    """
    digest = fingerprint(*[settings.BASE_DIR / name for name in MAKES_TOWNS])[:12]
    name = f"towns_{os.environ['GEOGRID_TEST_TEMPLATE'][-8:]}_{digest}"
    kept = Places().scratch / "towns"
    media = kept / name
    with alone(kept / "lock", "another test process"):
        if not clone.is_template(name):
            with (
                django_db_blocker.unblock(),  # type: ignore[attr-defined]
                override_settings(MEDIA_ROOT=media),
            ):
                shutil.rmtree(media, ignore_errors=True)
                clone.make()
                call_command("load_demo", stdout=io.StringIO())
                connections.close_all()
            clone.administer(
                f"DROP DATABASE IF EXISTS {name} WITH (FORCE)",
                f"CREATE DATABASE {name} TEMPLATE {clone.name} STRATEGY FILE_COPY",
                f"ALTER DATABASE {name} IS_TEMPLATE true",
            )
            clone.make()
    return name, media


@pytest.fixture
def demo_towns(
    towns_template: tuple[str, Path],
    transactional_db: None,
    clone: Clone,
    settings: Any,
    tmp_path: Path,
) -> None:
    """Both demo towns, committed, for this test alone; also for `live_server`."""
    name, media = towns_template
    clone.make(name)
    settings.MEDIA_ROOT = tmp_path / "media"
    if media.exists():
        shutil.copytree(media, settings.MEDIA_ROOT)


@pytest.fixture
def as_owner(transactional_db: None, clone: Clone) -> Iterator["psycopg2.extensions.connection"]:
    """A connection of the role that owns the tables, to this test's database (committing)."""
    connection = clone.connect(clone.owner)
    yield connection
    connection.close()


@pytest.fixture
def as_app(transactional_db: None, clone: Clone) -> Iterator["psycopg2.extensions.connection"]:
    """A second connection of the application's role, for races between two sessions."""
    connection = clone.connect(str(settings.DATABASES["default"]["USER"]))
    yield connection
    connection.close()


@pytest.fixture
def checkout() -> Path:
    """The folder of the checkout."""
    return settings.BASE_DIR
