"""The office's list of cases: what is asked for, counted and told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from geogrid.cases.events import DueWords, due_words
from geogrid.cases.models import Case, Category
from geogrid.cases.placing import calendar_of
from geogrid.cases.querysets import CaseQuerySet
from geogrid.cases.rules import OPEN
from geogrid.territory.models import Area, Grid, Scheme

__all__ = ["COUNT_WORDS", "Asked", "Row", "communities", "counts", "rows", "selection"]

COUNT_WORDS = {
    "open": (pgettext_lazy("cases", "Open"), ""),
    "new": (pgettext_lazy("cases", "New"), ""),
    "overdue": (_("Overdue"), "late"),
    "due_today": (_("Due today"), "soon"),
    "at_work": (pgettext_lazy("cases", "Being handled"), ""),
    "to_verify": (_("To verify"), ""),
}
PER_PAGE = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of the list, as they stand in the address; nonsense means "all"."""

    show: str = "open"
    words: str = ""
    community: str = ""
    category: str = ""
    view: str = "list"
    page: int = 1

    @classmethod
    def of(cls, query: QueryDict) -> "Asked":
        def said(name: str) -> str:
            return query.get(name, "").replace("\0", "")[:100].strip()

        show, page = said("show"), said("page")
        return cls(
            show=show if show in COUNT_WORDS else "open",
            words=said("q"),
            community=said("community"),
            category=said("category"),
            view="map" if said("view") == "map" else "list",
            page=int(page) if page.isascii() and page.isdecimal() and len(page) < 5 else 1,
        )

    def query(self, **changes: Any) -> str:
        """`?...` of these filters with `changes`; what is usual is left out."""
        values = {
            "show": self.show if self.show != "open" else "",
            "q": self.words,
            "community": self.community,
            "category": self.category,
            "view": self.view if self.view != "list" else "",
            **changes,
        }
        kept = {name: value for name, value in values.items() if value not in ("", None)}
        return "?" + urlencode(kept)


@dataclass(frozen=True, slots=True)
class Row:
    """A case as the list shows it. `waits`: nobody has it, the office has to act."""

    case: Case
    due: DueWords
    waits: bool
    query: str


def selection(area: Area, asked: Asked, now: datetime) -> CaseQuerySet:
    """The cases that match all filters, most urgent first."""
    found: CaseQuerySet = Case.objects.of(area).counted(asked.show, now, ZoneInfo(area.timezone))
    if asked.words:
        found = found.matching(asked.words)
    if asked.category:
        found = found.filter(category__code=asked.category)
    if asked.community:
        found = found.filter(grid__parent__code=asked.community)
    return found.most_urgent_first(now)


def rows(area: Area, asked: Asked, now: datetime) -> tuple[list[Row], Page]:
    found = selection(area, asked, now).select_related("category", "grid", "worker")
    page = Paginator(found.defer("grid__boundary"), PER_PAGE).get_page(asked.page)
    zone, calendar = ZoneInfo(area.timezone), calendar_of(area)
    told = [
        Row(
            case,
            due_words(case, now=now, zone=zone, calendar=calendar),
            waits=case.worker_id is None and case.state in OPEN,
            query=asked.query(case=case.pk),
        )
        for case in page
    ]
    return told, page


def counts(area: Area, asked: Asked, now: datetime) -> list[dict[str, Any]]:
    """The numbers above the list; each one is the filter that leads to its cases."""
    numbers = Case.objects.of(area).counts(now, ZoneInfo(area.timezone))
    return [
        {
            "name": name,
            "word": word,
            "tone": tone if numbers[name] else "",
            "count": numbers[name],
            "current": asked.show == name,
            "query": asked.query(show=name if name != "open" else ""),
        }
        for name, (word, tone) in COUNT_WORDS.items()
    ]


def communities(scheme: Scheme, now: datetime) -> list[Grid]:
    tops = Grid.objects.in_force(scheme, now).filter(level=1)
    return list(tops.defer("boundary").order_by("code"))


def categories() -> list[Category]:
    return list(Category.objects.filter(active=True))
