"""How often one address may try something: a counter in PostgreSQL, shared by all web workers."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import connection

from geogrid.cases.errors import TooManyTries
from geogrid.cases.models import Attempt

__all__ = ["LIMITS", "count_try", "forget_tries"]

WINDOW = timedelta(hours=1)
LIMITS = {"report": 30, "photo": 120, "open": 30, "open_case": 10}

COUNT = """
    INSERT INTO cases_attempt (what, digest, slot, count) VALUES (%s, %s, %s, 1)
    ON CONFLICT (what, digest, slot) DO UPDATE SET count = cases_attempt.count + 1
    RETURNING count
"""


def count_try(what: str, who: str, *, at: datetime, phone: str = "") -> None:
    """Count one try of `who` (an address, a case number); raise `TooManyTries` past the limit.

    Call it outside of the transaction it guards: a refused try must stay counted.
    """
    slot = datetime.fromtimestamp(int(at.timestamp()) // 3600 * 3600, tz=UTC)
    # Salted with the server's key and forgotten after a day: the table names no address.
    digest = sha256(f"{settings.SECRET_KEY}|{what}|{who}".encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [what, digest, slot])
        count = int(cursor.fetchone()[0])
    if count > LIMITS[what]:
        raise TooManyTries(phone=phone or "-", limit=LIMITS[what])


def forget_tries(*, at: datetime) -> int:
    deleted, _ = Attempt.objects.filter(slot__lt=at - 24 * WINDOW).delete()
    return deleted
