"""The application writes rows and nothing else; tests get their database back untouched."""

import psycopg2
import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.utils import ProgrammingError


@pytest.mark.django_db
def test_pages_run_as_the_application_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("geogrid_app",)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE accounts_user CASCADE",
        "DROP TABLE accounts_user CASCADE",
        "ALTER TABLE accounts_user DISABLE TRIGGER ALL",
        "CREATE TABLE own (id int)",
    ],
)
def test_application_role_cannot_change_tables(statement: str) -> None:
    with connection.cursor() as cursor, pytest.raises(ProgrammingError):
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", [1, 2])
def test_committed_rows_are_gone_in_the_next_test(
    time: int, as_app: psycopg2.extensions.connection
) -> None:
    assert not get_user_model().objects.exists()
    get_user_model().objects.create_user("somebody")
    with as_app.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_user")
        assert cursor.fetchone() == (1,)


def test_owner_may_what_the_application_may_not(
    as_owner: psycopg2.extensions.connection,
) -> None:
    with as_owner.cursor() as cursor:
        cursor.execute("TRUNCATE django_session")
    as_owner.rollback()
