"""A dump restores, with every row, and the restored database guards them like the first."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.db import connection
from psycopg2 import errors

from tests.conftest import Clone
from tests.factories import town

TABLES = ("areaboundary", "plan", "grid", "level", "term")


def count_rows(session: Any) -> list[int]:
    counts = []
    with session.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM territory_{table}")
            counts.append(cursor.fetchone()[0])
    return counts


@pytest.fixture
def restored(clone: Clone, transactional_db: None, tmp_path: Path) -> Iterator[str]:
    """The name of a database restored from a dump of this test's, which holds a town in force."""
    town()
    name = f"{clone.name}_restored"
    where = ["--host", clone.admin["HOST"], "--username", clone.admin["USER"]]
    dump = tmp_path / "town.dump"
    pg_dump, pg_restore = shutil.which("pg_dump"), shutil.which("pg_restore")
    assert pg_dump
    assert pg_restore
    subprocess.run([pg_dump, "--format=custom", f"--file={dump}", *where, clone.name], check=True)
    clone.administer(f"CREATE DATABASE {name} TEMPLATE template0 OWNER {clone.owner}")
    subprocess.run([pg_restore, "--exit-on-error", *where, f"--dbname={name}", dump], check=True)
    yield name
    clone.administer(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_dump_restores_and_its_guards_hold(clone: Clone, restored: str) -> None:
    copy = psycopg2.connect(dbname=restored, user=clone.owner, host=clone.admin["HOST"])
    try:
        assert count_rows(copy) == count_rows(connection)
        assert min(count_rows(copy)) > 0
        with copy.cursor() as cursor:
            cursor.execute("SELECT plan_residual(id) FROM territory_plan")
            assert cursor.fetchone() == (0,)
            with pytest.raises(errors.CheckViolation) as refusal:
                cursor.execute("DELETE FROM territory_grid")
            assert refusal.value.diag.constraint_name == "grid_plan_is_draft"
    finally:
        copy.close()
