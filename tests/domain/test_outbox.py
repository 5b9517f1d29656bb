"""The queue: nothing twice, nothing lost, nothing in the way of the rest."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from geogrid.outbox import actions, registry, working
from geogrid.outbox.models import Job
from tests.case_factories import MORNING

done: list[Any] = []


@pytest.fixture(autouse=True)
def handlers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def poison(payload: dict[str, Any]) -> None:
        raise RuntimeError("always")

    done.clear()
    table = {"test.ok": lambda payload: done.append(payload["n"]), "test.poison": poison}
    monkeypatch.setattr(registry, "_handlers", table)
    monkeypatch.setattr(registry, "_periodics", {})
    yield


@pytest.mark.django_db
def test_one_key_one_job() -> None:
    assert actions.enqueue(kind="test.ok", key="a", payload={"n": 1}, at=MORNING)
    assert not actions.enqueue(kind="test.ok", key="a", payload={"n": 2}, at=MORNING)
    assert working.run_one() and not working.run_one()
    assert done == [1]


@pytest.mark.django_db
def test_retries_after_1_5_and_30_minutes_then_gives_up() -> None:
    actions.enqueue(kind="test.poison", key="p", at=MORNING)
    now, waits = MORNING, []
    for _ in range(4):
        job = actions.take(at=now)
        assert job is not None
        actions.give_back(job=job, error="always", at=now)
        job.refresh_from_db()
        waits.append((job.run_after - now).total_seconds() / 60)
        assert actions.take(at=job.run_after - timedelta(seconds=1)) is None
        now = max(job.run_after, now)
    assert waits[:3] == [1, 5, 30]
    assert job.failed_at is not None and actions.take(at=now + timedelta(days=1)) is None
    actions.retry(job=job, at=now)
    assert actions.take(at=now) is not None


@pytest.mark.django_db
def test_poison_does_not_stop_the_others() -> None:
    actions.enqueue(kind="test.poison", key="p", at=MORNING)
    actions.enqueue(kind="test.unknown", key="u", at=MORNING)
    actions.enqueue(kind="test.ok", key="a", payload={"n": 1}, at=MORNING)
    assert working.work(Event(), once=True) == 3
    assert done == [1]
    assert "always" in Job.objects.get(key="p").last_error
    assert "nothing handles" in Job.objects.get(key="u").last_error


@pytest.mark.django_db
def test_a_dead_workers_job_is_taken_again() -> None:
    actions.enqueue(kind="test.ok", key="a", payload={"n": 1}, at=MORNING)
    assert actions.take(at=MORNING) is not None
    assert actions.take(at=MORNING + timedelta(minutes=9)) is None
    again = actions.take(at=MORNING + timedelta(minutes=11))
    assert again is not None and again.attempts == 2
    for hour in (1, 2, 3):
        actions.take(at=MORNING + timedelta(hours=hour))
    job = Job.objects.get(key="a")
    assert job.failed_at is not None, "a job that kills its worker is not tried for ever"


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_get_the_same_job() -> None:
    for n in range(20):
        actions.enqueue(kind="test.ok", key=str(n), payload={"n": n}, at=MORNING)

    def run() -> None:
        try:
            while working.run_one():
                pass
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == list(range(20))


@pytest.mark.django_db(transaction=True)
def test_a_job_lives_and_dies_with_its_transaction() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.enqueue(kind="test.ok", key="a", at=MORNING)
        1 / 0  # noqa: B018
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_periodic_once_per_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    task = registry.Periodic("test.tick", timedelta(minutes=1))
    monkeypatch.setattr(registry, "_periodics", {"test.tick": task})
    assert actions.enqueue_due_periodics(at=MORNING) == 1
    assert actions.enqueue_due_periodics(at=MORNING + timedelta(seconds=30)) == 0
    assert actions.enqueue_due_periodics(at=MORNING + timedelta(seconds=61)) == 1


@pytest.mark.django_db
def test_done_jobs_are_forgotten() -> None:
    actions.enqueue(kind="test.ok", key="a", payload={"n": 1}, at=MORNING)
    working.run_one()
    assert actions.forget_done(at=timezone.now() + timedelta(days=13)) == 0
    assert actions.forget_done(at=timezone.now() + timedelta(days=15)) == 1
