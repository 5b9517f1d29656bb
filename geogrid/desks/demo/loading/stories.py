"""About sixty invented cases of a town, each brought by real actions to the state it is in.

Times are relative to the moment of loading: what was reported "this morning" was, whenever the demo
is started. The same town loaded at the same moment gets the same cases.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.gis.geos import Point
from django.db import transaction

from geogrid.accounts.models import User
from geogrid.cases import actions
from geogrid.cases.models import Case, Category
from geogrid.cases.placing import calendar_of, ladder_of
from geogrid.desks.demo.loading.people import account_of, home_worker
from geogrid.desks.demo.loading.scenes import scene
from geogrid.desks.demo.loading.towns import DemoTown
from geogrid.territory.models import Area, Grid, Plan
from geogrid.timing.deadlines import deadline
from layers.media.actions import keep_picture
from layers.media.models import Attachment
from layers.places.models import Address

# How many cases end up how; the order decides which texts and places they get.
FATES = (
    ("fresh", 6), ("working", 9), ("due_today", 5), ("returned", 2), ("paused", 3), ("sent_up", 3),
    ("overdue", 2), ("handled", 4), ("verifying", 2), ("closed", 18), ("on_the_spot", 3),
    ("rejected", 1), ("merged", 1), ("outside", 1),
)  # fmt: skip
PHOTO_EVERY = 3
LOCATED = (Case.LocatedBy.DEVICE, Case.LocatedBy.MAP, Case.LocatedBy.ADDRESS)
EMERGENCY = "danger"
OUTSIDE_TEXT = 1  # the loose manhole cover: that can lie beside a country road


@dataclass(frozen=True, slots=True)
class Story:
    """One case to be told: what is said, where, when it begins and how it ends."""

    number: int
    fate: str
    category: Category
    title: str
    text: str
    note: str
    result: str
    address: Address
    begins: datetime


class Clock:
    """Walks from the report towards now and never past it."""

    def __init__(self, begins: datetime, now: datetime) -> None:
        self.time, self.now = begins, now

    def after(self, **span: float) -> datetime:
        left = self.now - self.time
        self.time += min(timedelta(**span), left / 2)
        return self.time


@transaction.atomic
def tell_stories(town: DemoTown, plan: Plan, now: datetime) -> int:
    """Create the town's cases in the order they were reported; return how many."""
    teller = _Teller(town, plan, now)
    stories = sorted(_stories(town, plan, now), key=lambda story: (story.begins, story.number))
    for story in stories:
        teller.tell(story)
    return len(stories)


def _stories(town: DemoTown, plan: Plan, now: datetime) -> Iterator[Story]:
    area = plan.scheme.area
    texts = town.rows("cases.csv")
    categories = {category.code: category for category in Category.objects.all()}
    addresses = _addresses(town, plan)
    number = 0
    for fate, count in FATES:
        for turn in range(count):
            row = texts[number * 7 % len(texts)]
            # An emergency is settled in half an hour or it has gone up: only closed ones are told.
            if fate == "outside":
                row = texts[OUTSIDE_TEXT]
            while row["category"] == EMERGENCY and fate != "closed":
                row = texts[(texts.index(row) + 1) % len(texts)]
            yield Story(
                number=number,
                fate=fate,
                category=categories[row["category"]],
                title=row["title"],
                text=row["text"],
                note=row["note"],
                result=row["result"],
                address=addresses[number % len(addresses)],
                begins=_begins(area, fate, turn, number, now),
            )
            number += 1


def _addresses(town: DemoTown, plan: Plan) -> list[Address]:
    """A door for each case: every third in the patrol worker's grid, and what was handled on the
    spot; the rest around it and all over the town."""
    leaves = plan.grids.leaves()
    mine = leaves.get(lineage__in=home_worker(town, plan).posts.filter(tier="A").values("lineage"))
    home = list(leaves.filter(parent__name=town.home_quarter).exclude(pk=mine.pk).order_by("code"))
    rest = list(leaves.exclude(parent__name=town.home_quarter).order_by("code"))
    spread = [grid for pair in zip(home * 3, rest[::3], strict=False) for grid in pair] + rest[1::3]
    doors: list[Address] = []
    fates = [fate for fate, count in FATES for _ in range(count)]
    for position, fate in enumerate(fates):
        own = position % 3 == 0 or fate == "on_the_spot"
        grid = mine if own else spread[position % len(spread)]
        doors += _door(grid, position) or _door(mine, position)
    return doors


def _door(grid: Grid, position: int) -> list[Address]:
    doors = Address.objects.within(grid.boundary).filter(unit="").order_by("text", "pk")
    count = doors.count()
    return [doors[position * 5 % count]] if count else []


def _begins(area: Area, fate: str, turn: int, number: int, now: datetime) -> datetime:
    """When the story began, so that its deadline lies where its fate needs it."""
    if fate == "fresh":
        return now - timedelta(minutes=4 + 17 * turn)
    if fate == "working":
        return _in_daytime(area, now - timedelta(hours=2 + 3 * turn), number, now)
    if fate == "due_today":
        return _due_today(area, turn, now) or now - timedelta(hours=20 + turn)
    chinese = area.calendar.startswith("CN")
    days = {
        "returned": 1.2,
        "handled": 1.4,
        "verifying": 2.1,
        "paused": 9.0,
        # Past the first deadline, and past all three: 3, 1 and 5 working days, or 5, 3 and 5.
        "sent_up": 4.4 if chinese else 7.4,
        "overdue": 16.0 if chinese else 22.0,
        "on_the_spot": 3.0,
        "rejected": 6.0,
        "merged": 0.9,
        "outside": 0.2,
        "closed": 4.0,
    }[fate]
    days += turn * (2.3 if fate == "closed" else 0.6)
    return _in_daytime(area, now - timedelta(days=days), number, now)


def _in_daytime(area: Area, moment: datetime, number: int, now: datetime) -> datetime:
    """The same local day between 8:00 and 20:00, when people look at streets; never after now."""
    local = moment.astimezone(ZoneInfo(area.timezone))
    local = local.replace(hour=8 + number * 5 % 12, minute=number * 17 % 60)
    return local if local < now - timedelta(hours=1) else moment


def _due_today(area: Area, turn: int, now: datetime) -> datetime | None:
    zone = ZoneInfo(area.timezone)
    today = now.astimezone(zone)
    category = Category.objects.get(code="other")
    allowance = ladder_of(area, category, emergency=False).allowance(0)
    calendar = calendar_of(area)
    for back in range(1, 20):
        start = (today - timedelta(days=back)).replace(hour=9 + turn, minute=5 + 7 * turn)
        limit = deadline(start, allowance, calendar, zone).at
        if limit.astimezone(zone).date() == today.date() and limit > now:
            return start
    return None


class _Teller:
    """Reports a case and walks it to its fate, in the names of those who would do it."""

    def __init__(self, town: DemoTown, plan: Plan, now: datetime) -> None:
        self.town, self.area, self.now = town, plan.scheme.area, now
        self.office = User.objects.get(username=f"office.{town.slug}")
        self.plan = plan
        self.home = home_worker(town, plan)
        self.fates: dict[str, Callable[[Story, Case, Clock], None]] = {
            "fresh": self._nothing, "working": self._work, "due_today": self._work,
            "returned": self._return, "paused": self._pause, "sent_up": self._let_time_pass,
            "overdue": self._let_time_pass, "handled": self._finish, "verifying": self._verify,
            "closed": self._close, "rejected": self._reject, "merged": self._merge,
            "outside": self._nothing,
        }  # fmt: skip

    def tell(self, story: Story) -> None:
        clock = Clock(story.begins, self.now)
        if story.fate == "on_the_spot":
            self._on_the_spot(story)
            return
        case = self._report(story)
        self.fates[story.fate](story, case, clock)

    def _report(self, story: Story) -> Case:
        turn = story.number % 5
        channel = Case.Channel.PHONE if turn == 4 else Case.Channel.RESIDENT
        with_photo = story.number % PHOTO_EVERY == 0 and channel == Case.Channel.RESIDENT
        where, address = story.address.anchor, story.address.text
        if story.fate == "outside":
            west, south, _, _ = self.plan.outline.extent
            where, address = Point(west - 0.02, south, srid=4326), self.town.outside
        return actions.report(
            area=self.area,
            category=story.category,
            title=story.title,
            text=story.text,
            where=where,
            address=address,
            accuracy_m=8.0 if turn == 0 else None,
            located_by=LOCATED[turn % 3],
            channel=channel,
            reporter=actions.ReporterDetails(phone=f"000 0000 09{story.number:02d}"),
            photos=[self._photo(story, mended=False)] if with_photo else [],
            by=self.office if channel == Case.Channel.PHONE else None,
            at=story.begins,
        ).case

    def _photo(self, story: Story, *, mended: bool) -> Attachment:
        return keep_picture(upload=scene(story.category.code, mended=mended), at=story.begins)

    def _worker(self, case: Case) -> User | None:
        case.refresh_from_db()
        return account_of(self.town, case.worker) if case.worker else None

    def _nothing(self, story: Story, case: Case, clock: Clock) -> None:
        """Waits for whoever it was sent to."""

    def _work(self, story: Story, case: Case, clock: Clock) -> None:
        by = self._worker(case)
        actions.accept(case=case, by=by, at=clock.after(minutes=25 + 5 * (story.number % 9)))
        if story.number % 4:
            actions.add_step(case=case, note=story.note, by=by, at=clock.after(hours=2))

    def _return(self, story: Story, case: Case, clock: Clock) -> None:
        by = self._worker(case)
        why = self.town.return_reason
        actions.return_to_office(case=case, why=why, by=by, at=clock.after(hours=1))

    def _pause(self, story: Story, case: Case, clock: Clock) -> None:
        self._work(story, case, clock)
        why = self.town.pause_reason
        actions.pause(case=case, why=why, by=self.office, at=clock.after(hours=8))

    def _let_time_pass(self, story: Story, case: Case, clock: Clock) -> None:
        """What the clock does on its own: up a level each time the deadline has passed."""
        self._work(story, case, clock)
        case.refresh_from_db()
        rungs = 2 if story.fate == "overdue" else 1
        for _ in range(rungs):
            if case.due_at is None or case.due_at >= self.now:
                return
            at = case.due_at + timedelta(minutes=1)
            case = actions.send_up(case=case, why=self.town.time_is_up, by=None, at=at)
        if story.fate == "overdue":
            actions.urge(
                case=case, note=self.town.urging, by=self.office, at=self.now - timedelta(hours=3)
            )

    def _finish(self, story: Story, case: Case, clock: Clock) -> None:
        self._work(story, case, clock)
        with_photo = story.number % PHOTO_EVERY == 0
        actions.finish(
            case=case,
            note=story.result,
            by=self._worker(case),
            at=clock.after(hours=18),
            photos=[self._photo(story, mended=True)] if with_photo else [],
        )

    def _verify(self, story: Story, case: Case, clock: Clock) -> None:
        self._finish(story, case, clock)
        actions.verify(case=case, by=self.office, at=clock.after(hours=2))

    def _close(self, story: Story, case: Case, clock: Clock) -> None:
        self._verify(story, case, clock)
        actions.close(case=case, result=story.result, by=self.office, at=clock.after(hours=3))
        if story.number % 2:
            satisfied = story.number % 9 != 0
            text = self.town.thanks if satisfied else self.town.complaint
            case.refresh_from_db()
            actions.give_feedback(
                case=case, satisfied=satisfied, text=text, at=clock.after(hours=20)
            )

    def _reject(self, story: Story, case: Case, clock: Clock) -> None:
        why = self.town.reject_reason
        actions.reject(case=case, why=why, by=self.office, at=clock.after(hours=5))

    def _merge(self, story: Story, case: Case, clock: Clock) -> None:
        later = replace(story, number=story.number + 1, begins=clock.after(hours=1))
        twin = self._report(later)
        actions.merge(case=twin, into=case, by=self.office, at=clock.after(hours=1))

    def _on_the_spot(self, story: Story) -> None:
        """The patrol worker found it in the own grid and put it right at once."""
        actions.handle_on_the_spot(
            area=self.area,
            category=story.category,
            title=story.title,
            text=story.text,
            where=story.address.anchor,
            address=story.address.text,
            accuracy_m=6.0,
            before=[self._photo(story, mended=False)],
            after=[self._photo(story, mended=True)],
            result=story.result,
            by=account_of(self.town, self.home),
            at=story.begins,
        )
