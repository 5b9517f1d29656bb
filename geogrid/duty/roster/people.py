"""Who is meant by the names of a roster: one person or two, known here or new."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from geogrid.duty.models import Contact, Worker
from geogrid.duty.phones import digits_of
from geogrid.duty.roster.problems import Problem
from geogrid.duty.roster.rows import Row
from geogrid.territory.models import Area

__all__ = ["NEW", "Person", "folded", "people_of"]

NEW, ONE, TWO = "new", "one", "two"
SHOWN = 4  # digits of a number on a page


@dataclass(slots=True)
class Person:
    """One person of a list; `worker` is the row there is already, `phone` "" where none is told."""

    name: str
    phone: str = ""
    duties: str = ""
    hours: str = ""
    worker: Worker | None = None
    known_phone: str = ""
    rows: list[Row] = field(default_factory=list)

    @property
    def phone_changes(self) -> bool:
        return bool(self.phone) and digits_of(self.phone) != digits_of(self.known_phone)

    @property
    def changed(self) -> bool:
        worker = self.worker
        return worker is not None and (
            self.phone_changes
            or bool(self.duties and self.duties != worker.duties)
            or bool(self.hours and self.hours != worker.hours)
        )


def folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def people_of(
    area: Area, rows: Iterable[Row], answers: Mapping[str, str]
) -> tuple[list[Person], dict[int, list[Problem]]]:
    """Group rows into people and recognise those who work here already.

    Returns the people and, per row number, what is to be asked or known. People of rows that have
    to be answered first are among them all the same.
    """
    problems: dict[int, list[Problem]] = {}
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if row.name:
            groups.setdefault(folded(row.name), []).append(row)
    here = _Here(area)
    people: list[Person] = []
    for group in groups.values():
        made = _persons(group, answers, problems)
        people += made
        here.recognise(made, answers, problems)
    _same_phones(people, problems)
    return people, problems


def _persons(
    group: list[Row], answers: Mapping[str, str], problems: dict[int, list[Problem]]
) -> list[Person]:
    by_phone: dict[str, list[Row]] = {}
    for row in group:
        by_phone.setdefault(digits_of(row.phone) if row.phone else "", []).append(row)
    numbers = [phone for phone in by_phone if phone]
    if len(numbers) < 2:
        return [_person(group)]
    said = answers.get(f"twice_{group[0].number}", "")
    listed = ", ".join(str(row.number) for row in group)
    question = Problem(
        "two_people",
        {"name": group[0].name, "rows": listed},
        f"twice_{group[0].number}",
        (
            (ONE, _("One person; the number in row %(row)s counts") % {"row": group[0].number}),
            (TWO, _("Two people of the same name")),
        ),
        said if said in (ONE, TWO) else "",
    )
    for at, row in enumerate(group):
        # Asked once; the other rows wait for the same answer.
        own = (
            question if at == 0 else Problem(question.code, question.data, "", (), question.chosen)
        )
        problems.setdefault(row.number, []).append(own)
    if said != TWO:
        return [_person(group)]
    for row in by_phone.get("", []):
        problems[row.number].append(Problem("which_person", {"name": row.name}))
    return [_person(by_phone[phone]) for phone in numbers]


def _person(rows: list[Row]) -> Person:
    def first(values: Iterable[str]) -> str:
        return next((value for value in values if value), "")

    return Person(
        rows[0].name,
        first(row.phone for row in rows),
        first(row.duties for row in rows),
        first(row.hours for row in rows),
        rows=rows,
    )


class _Here:
    """The workers of an area by name, with their duty phones."""

    def __init__(self, area: Area) -> None:
        self.workers: dict[str, list[Worker]] = {}
        for worker in Worker.objects.working(area).order_by("pk"):
            self.workers.setdefault(folded(worker.name), []).append(worker)
        contacts = Contact.objects.filter(worker__area=area, kind=Contact.Kind.DUTY_PHONE)
        self.phones = dict(contacts.values_list("worker", "value"))

    def recognise(
        self, people: list[Person], answers: Mapping[str, str], problems: dict[int, list[Problem]]
    ) -> None:
        """Set `worker` of people of one name; the phone decides where the name does not."""
        known = self.workers.get(folded(people[0].name), [])
        for person in people:
            wanted = digits_of(person.phone) if person.phone else ""
            same = [w for w in known if wanted and digits_of(self.phones.get(w.pk, "")) == wanted]
            row = person.rows[0].number
            said = answers.get(f"who_{row}", "")
            chosen = next((w for w in known if said == str(w.pk)), None)
            if chosen is not None:
                person.worker = chosen
            elif said == NEW:
                continue
            elif len(same) == 1:
                person.worker = same[0]
            elif len(known) == 1 and len(people) == 1:
                person.worker = known[0]
            elif len(known) > 1:
                self._ask(person, known, problems)
        for person in people:
            if person.worker is not None:
                person.known_phone = self.phones.get(person.worker.pk, "")
                self._tell_phone(person, answers, problems)

    def _ask(self, person: Person, known: list[Worker], problems: dict[int, list[Problem]]) -> None:
        choices = (
            *((str(worker.pk), self._described(worker)) for worker in known),
            (NEW, _("Somebody new")),
        )
        for at, row in enumerate(person.rows):
            answer = f"who_{row.number}" if at == 0 else ""
            asked = Problem(
                "which_worker", {"name": person.name}, answer, choices if at == 0 else ()
            )
            problems.setdefault(row.number, []).append(asked)

    def _described(self, worker: Worker) -> str:
        phone = self.phones.get(worker.pk, "")
        tail = f"…{digits_of(phone)[-SHOWN:]}" if phone else _("no phone")
        return f"{worker.name}, {tail}"

    def _tell_phone(
        self, person: Person, answers: Mapping[str, str], problems: dict[int, list[Problem]]
    ) -> None:
        if not (person.known_phone and person.phone_changes):
            return
        worker = person.worker
        row = person.rows[0].number
        said = answers.get(f"who_{row}", "")
        choices = (
            (str(worker.pk if worker else ""), _("The same person, with a new number")),
            (NEW, _("Somebody else of that name")),
        )
        data = {
            "before": digits_of(person.known_phone)[-SHOWN:],
            "after": digits_of(person.phone)[-SHOWN:],
        }
        problems.setdefault(row, []).append(
            Problem("phone_changes", data, f"who_{row}", choices, said or choices[0][0])
        )


def _same_phones(people: list[Person], problems: dict[int, list[Problem]]) -> None:
    by_phone: dict[str, list[Person]] = {}
    for person in people:
        if person.phone:
            by_phone.setdefault(digits_of(person.phone), []).append(person)
    for group in by_phone.values():
        if len(group) > 1:
            names = "、".join(dict.fromkeys(person.name for person in group))
            for person in group:
                problems.setdefault(person.rows[0].number, []).append(
                    Problem("phone_shared", {"names": names})
                )
