"""A list taken over twice at once: whoever comes second waits, and finds everything done."""

import threading
from typing import Any

import pytest
from django.db import connection, connections, transaction

from geogrid.duty.models import Post, Worker
from geogrid.duty.roster.accepting import Outcome, accept
from geogrid.duty.roster.rows import read_list
from geogrid.territory.models import Scheme, Term
from tests.domain.test_roster_list import sheet
from tests.factories import now, town

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = read_list(
    sheet(
        ["王芳", "000 0000 0201", "网格员", "N社区第1网格", "A"],
        ["worker2", "000 0000 0999", "网格员", "N社区第2网格", "B"],
    )
).rows


@pytest.fixture
def term(transactional_db: None) -> Term:
    return town()


def twice(term: Term, **more: Any) -> list[Outcome]:
    """Two sessions that both wait for the roster before they begin."""
    done: list[Outcome] = []
    area, at = term.scheme.area, now()

    def press() -> None:
        try:
            done.append(accept(rows=ROWS, area=area, plan=term.plan, by=None, at=at, **more))
        finally:
            connections.close_all()

    clicks = [threading.Thread(target=press) for _click in range(2)]
    with transaction.atomic():
        Scheme.objects.select_for_update(no_key=True).get(pk=term.scheme_id)
        for click in clicks:
            click.start()
        _wait_for_two()
    for click in clicks:
        click.join(30)
    return done


def _wait_for_two() -> None:
    waiting = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with connection.cursor() as cursor:
        for _try in range(200):
            cursor.execute(waiting)
            if cursor.fetchone()[0] >= 2:
                return
            cursor.execute("SELECT pg_sleep(0.05), pg_stat_clear_snapshot()")
    pytest.fail("nobody waits")


def test_two_clicks_make_each_worker_once(term: Term) -> None:
    first, second = twice(term)
    assert (first.workers_new, second.workers_new) == (1, 0)
    assert (first.posts, second.posts) == (2, 0)
    assert Post.objects.at(now()).filter(worker__name="王芳").count() == 1


def test_two_clicks_make_somebody_new_of_a_known_name_once(term: Term) -> None:
    """Judged anew, "somebody else of that name" would be a third one: a key says it is done."""
    before = Worker.objects.filter(name="worker2").count()
    first, second = twice(term, answers={"who_3": "new"}, key="of this look")
    assert Worker.objects.filter(name="worker2").count() == before + 1
    assert (first.again, second.again) == (False, True)
    assert second.rows == first.rows
