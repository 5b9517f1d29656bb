"""What accepting a roster would do, row by row, and what speaks against it. Writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from geogrid.duty.models import Post, PostRole, Worker
from geogrid.duty.roster.grids import GridBook, Known
from geogrid.duty.roster.people import Person, people_of
from geogrid.duty.roster.problems import Problem, Weight
from geogrid.duty.roster.rows import Row
from geogrid.territory.models import Area, Plan

__all__ = ["Judged", "Move", "Report", "judge", "role_name"]

ROLES = {
    "chief": "网格长 总网格长 社区网格长 gridchief chief leader head",
    "worker": "网格员 专职网格员 兼职网格员 网格管理员 gridworker worker",
    "information_officer": "信息员 网格信息员 informationofficer officer informant",
}


@dataclass(frozen=True, slots=True)
class Move:
    """A post that a row gives: `person` None declares it vacant. `same`: it is so already."""

    row: int
    grid: Known
    role: PostRole
    tier: str
    acting: bool
    person: Person | None
    since: datetime | None
    reason: str = ""
    same: bool = False

    @property
    def place(self) -> tuple[UUID, str, str, bool]:
        return self.grid.lineage, self.role.code, self.tier, self.acting


@dataclass(slots=True)
class Judged:
    """A row with its person, its posts and its problems."""

    row: Row
    person: Person | None = None
    moves: list[Move] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def taken(self) -> bool:
        return all(problem.weight is Weight.NOTE for problem in self.problems)

    @property
    def asks(self) -> bool:
        """Whether an answer would be enough."""
        weights = {problem.weight for problem in self.problems}
        return Weight.ASKS in weights and Weight.STOPS not in weights

    @property
    def left_out(self) -> bool:
        return any(problem.code == "left_out" for problem in self.problems)

    @property
    def state(self) -> str:
        """ "left", "stops", "asks", "new", "changed", "same" """
        if not self.taken:
            return "left" if self.left_out else "asks" if self.asks else "stops"
        if self.person and self.person.worker is None:
            return "new"
        if any(not move.same for move in self.moves) or (self.person and self.person.changed):
            return "changed"
        return "same"


@dataclass(slots=True)
class Report:
    """What a list would do. `unmentioned` work here and are not in it; nothing changes for them."""

    rows: list[Judged]
    people: list[Person]
    unmentioned: list[str]

    @property
    def taken(self) -> list[Judged]:
        return [judged for judged in self.rows if judged.taken]

    @property
    def troubled(self) -> list[Judged]:
        return [judged for judged in self.rows if judged.problems]

    def counts(self) -> dict[str, int]:
        """Rows per state, people that are new or change, posts that begin."""
        states = dict.fromkeys(("new", "changed", "same", "asks", "stops", "left"), 0)
        for judged in self.rows:
            states[judged.state] += 1
        taken = {id(judged.person): judged.person for judged in self.taken if judged.person}
        moves = [move for judged in self.taken for move in judged.moves if not move.same]
        return states | {
            "rows": len(self.rows),
            "taken": len(self.taken),
            "people_new": sum(person.worker is None for person in taken.values()),
            "people_changed": sum(person.changed for person in taken.values()),
            "posts": sum(move.person is not None for move in moves),
            "vacancies": sum(move.person is None for move in moves),
        }


def judge(
    rows: Sequence[Row], *, area: Area, plan: Plan | None, at: datetime,
    answers: Mapping[str, str] | None = None, reach: Collection[UUID] | None = None,
) -> Report:  # fmt: skip
    """Judge the rows of a list against the grids of `plan` and the workers of `area`.

    Parameters
    ----------
    answers : mapping
        What a person said to the problems of an earlier report: name of the answer -> value.
    reach : collection of UUID, optional
        Lineages whose posts may be changed; None: all.
    """
    answers = answers or {}
    people, asked = people_of(area, [row for row in rows if f"skip_{row.number}" not in answers],
                              answers)  # fmt: skip
    by_row = {row.number: person for person in people for row in person.rows}
    judging = _Judging(area, plan, at, answers, reach)
    judged = []
    for row in rows:
        one = Judged(row, by_row.get(row.number), problems=[*row.problems])
        if f"skip_{row.number}" in answers:
            one.problems.append(Problem("left_out"))
        else:
            one.problems += asked.get(row.number, [])
            judging.look(one)
        judged.append(one)
    judging.compare(judged)
    named = {person.worker.pk for person in people if person.worker is not None}
    rest = Worker.objects.working(area).exclude(pk__in=named).values_list("name", flat=True)
    return Report(judged, people, list(rest))


def role_name(role: PostRole) -> str:
    chinese = (get_language() or "zh").startswith("zh")
    return role.name_zh if chinese else role.name_en


class _Judging:
    def __init__(
        self, area: Area, plan: Plan | None, at: datetime, answers: Mapping[str, str],
        reach: Collection[UUID] | None,
    ) -> None:  # fmt: skip
        self.zone, self.plan, self.at, self.answers, self.reach = (
            ZoneInfo(area.timezone), plan, at, answers, reach,
        )  # fmt: skip
        self.book = GridBook(plan)
        self.roles = list(PostRole.objects.all())
        self.words = {
            word: role
            for role in self.roles
            for word in (role.code, *(_folded(name) for name in (role.name_zh, role.name_en)),
                         *ROLES.get(role.code, "").split())
        }  # fmt: skip
        self.posts: dict[tuple[UUID, str], list[Post]] = {}
        if plan is not None:
            rows = Post.objects.not_over(at).over(plan.scheme, self.book.by_lineage)
            for post in rows:
                self.posts.setdefault((post.lineage, post.role.code), []).append(post)

    def look(self, one: Judged) -> None:
        """Find the posts that a row gives."""
        row, trouble = one.row, one.problems
        since = self._since(row, trouble)
        grids = [grid for n, text in enumerate(row.grids) if (grid := self._grid(one, n, text))]
        if not row.grids:
            if row.vacant:
                trouble.append(Problem("name_missing"))
            elif not row.problems:
                trouble.append(Problem("grid_missing"))
            return
        for grid in grids:
            role = self._role(one, grid)
            if role is None:
                return
            if self.reach is not None and grid.lineage not in self.reach:
                trouble.append(Problem("grid_not_mine", {"grid": grid.path}))
                continue
            person = None if row.vacant else one.person
            if person is None and not row.vacant:
                continue
            reason = row.note if row.vacant else ""
            if row.vacant and not reason:
                reason = _("being recruited")
                trouble.append(Problem("no_reason", {"reason": reason}))
            one.moves.append(
                self._move(one, Move(row.number, grid, role, row.tier, row.acting, person, since,
                                     reason))
            )  # fmt: skip

    def compare(self, judged: Sequence[Judged]) -> None:
        """What rows say against each other."""
        places: dict[tuple[UUID, str, str, bool], list[tuple[Judged, Move]]] = {}
        for one in judged:
            for move in one.moves:
                places.setdefault(move.place, []).append((one, move))
        for same in places.values():
            self._crowd(same)
        people: dict[tuple[UUID, str, int], list[tuple[Judged, Move]]] = {}
        for one in judged:
            for move in one.moves:
                if move.person is not None:
                    key = (move.grid.lineage, move.role.code, id(move.person))
                    people.setdefault(key, []).append((one, move))
        for group in people.values():
            if len({move.tier for _one, move in group}) > 1:
                data = {"rows": _listed(group), "grid": group[0][1].grid.path}
                for one, _move in group:
                    one.problems.append(Problem("both_tiers", data))

    @staticmethod
    def _crowd(group: list[tuple[Judged, Move]]) -> None:
        if len(group) < 2:
            return
        first = group[0][1]
        if len({id(move.person) for _one, move in group}) == 1:
            for one, move in group[1:]:
                one.moves.remove(move)
                one.problems.append(Problem("twice", {"row": first.row}))
            return
        data = {
            "rows": _listed(group),
            "tier": first.tier,
            "grid": first.grid.path,
            "role": role_name(first.role),
        }
        for one, _move in group:
            one.problems.append(Problem("two_first", data))

    def _since(self, row: Row, trouble: list[Problem]) -> datetime | None:
        day = parse_date(row.since) if row.since else None
        if day is None:
            return None
        start = datetime.combine(day, time(), self.zone)
        if start > self.at:
            return start
        if day < self.at.astimezone(self.zone).date():
            said = date_format(day, "SHORT_DATE_FORMAT")
            trouble.append(Problem("date_past", {"day": said}))
        return None

    def _grid(self, one: Judged, n: int, text: str) -> Known | None:
        found, problem = self.book.find(text, one.row.community)
        if problem is None:
            return found
        name = f"grid_{one.row.number}_{n}"
        said = self.answers.get(name, "")
        chosen = next((g for g in self.book.grids if str(g.lineage) == said), None)
        choices = problem.choices
        if chosen is not None and str(chosen.lineage) not in dict(choices):
            choices = (*choices, (str(chosen.lineage), chosen.path))
        one.problems.append(
            Problem(problem.code, problem.data, name, choices, said if chosen else "")
        )
        return chosen

    def _role(self, one: Judged, grid: Known) -> PostRole | None:
        said = one.row.role
        if said:
            role = self.words.get(_folded(said))
            if role is None:
                names = "、".join(role_name(one) for one in self.roles)
                one.problems.append(Problem("role_unknown", {"text": said[:40], "roles": names}))
            return role
        code = "worker" if grid.level == self.book.lowest else "chief"
        role = next((role for role in self.roles if role.code == code), None)
        if role is not None and code == "chief" and not _has(one.problems, "role_guessed"):
            one.problems.append(Problem("role_guessed", {"role": role_name(role)}))
        return role

    def _move(self, one: Judged, move: Move) -> Move:
        """See what is in the place; a post that is so already is not given again."""
        start = move.since or self.at
        there = [
            post for post in self.posts.get((move.grid.lineage, move.role.code), [])
            if post.tier == move.tier
        ]  # fmt: skip
        running = [post for post in there if _runs(post, start)]
        own = move.person.worker if move.person else None
        if move.person is None:
            same = any(p.worker_id is None and p.vacancy_reason == move.reason for p in running)
        else:
            same = own is not None and any(
                post.worker_id == own.pk and post.acting == move.acting for post in running
            )
        if same:
            return Move(**{name: getattr(move, name) for name in _FIELDS}, same=True)
        later = [
            p for p in there if (begin := p.during.lower) and begin > self.at and begin >= start
        ]
        if any(post.acting == move.acting or move.person is None for post in later):
            one.problems.append(Problem("ahead", {"grid": move.grid.path}))
        gone = [
            post.worker.name for post in running
            if post.worker and post.worker_id != (own.pk if own else None)
            and (not move.acting or post.acting)
        ]  # fmt: skip
        if gone:
            names = "、".join(dict.fromkeys(gone))
            one.problems.append(Problem("takes_over", {"grid": move.grid.path, "names": names}))
        return move


_FIELDS = ("row", "grid", "role", "tier", "acting", "person", "since", "reason")


def _runs(post: Post, at: datetime) -> bool:
    start, until = post.during.lower, post.during.upper
    return (start is None or start <= at) and (until is None or until > at)


def _has(problems: Sequence[Problem], code: str) -> bool:
    return any(problem.code == code for problem in problems)


def _listed(group: Sequence[tuple[Judged, Move]]) -> str:
    return ", ".join(str(number) for number in sorted({one.row.number for one, _move in group}))


def _folded(text: str) -> str:
    return "".join(text.casefold().split())
