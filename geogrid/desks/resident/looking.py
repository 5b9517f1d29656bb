"""What a resident may mean by what was typed, each with the grid it lies in."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode

from geogrid.desks.resident.cards import BORDER_M
from geogrid.territory.models import Area, Grid, Term
from geogrid.territory.placement import near
from layers.geocoding.matching import Why
from layers.geocoding.search import Candidate, find_addresses, find_places
from layers.places import kinds
from layers.places.models import Address

__all__ = ["Answer", "answers"]

MOST = 8
SURE = 0.9
LIKELY = 0.5


@dataclass(frozen=True, slots=True)
class Answer:
    """One meaning. `sureness` is "sure", "likely" or "perhaps"; `beside` lie within 15 m."""

    label: str
    kind: str
    why: Why
    confidence: float
    sureness: str
    lon: float | None
    lat: float | None
    grid: Grid
    beside: list[Grid]
    url: str


def answers(*, area: Area, term: Term, question: str) -> list[Answer]:
    """Return addresses, named places and grids like `question`, most likely first.

    Places outside of the plan in force have nobody who answers for them and are left out.
    """
    inside = term.plan.boundary.boundary
    places = [(kind.icon, kind.public_rows().within(inside)) for kind in kinds.searched()]
    found = [
        *find_addresses(question, Address.objects.within(inside), limit=MOST),
        *find_places(question, places),
    ]
    found.sort(key=lambda candidate: -candidate.confidence)
    found = found[:MOST]
    points = [(candidate.anchor.x, candidate.anchor.y) for candidate in found]
    codes = near(plan=term.plan, points=points, metres=BORDER_M)
    leaves = term.plan.grids.leaves().select_related("parent")
    grids = {leaf.code: leaf for leaf in leaves.defer("boundary", "parent__boundary")}
    listed = [
        _answer(area, candidate, [grids[code] for code in close])
        for candidate, close in zip(found, codes, strict=True)
        if close
    ]
    return [*listed, *_named_grids(area, list(grids.values()), question)]


def _answer(area: Area, candidate: Candidate, close: list[Grid]) -> Answer:
    lon, lat = candidate.anchor.x, candidate.anchor.y
    page = reverse("resident:grid", args=[area.slug, close[0].code])
    asked = urlencode({"at": f"{lon:.7f},{lat:.7f}", "place": candidate.label})
    return Answer(
        label=candidate.label,
        kind=candidate.kind,
        why=candidate.why,
        confidence=candidate.confidence,
        sureness=_sureness(candidate.confidence),
        lon=lon,
        lat=lat,
        grid=close[0],
        beside=close[1:],
        url=f"{page}?{asked}",
    )


def _named_grids(area: Area, grids: list[Grid], question: str) -> list[Answer]:
    wanted = question.casefold().replace(" ", "")
    if len(wanted) < 2:
        return []
    like = [grid for grid in grids if wanted in (grid.name + grid.code).casefold().replace(" ", "")]
    return [
        Answer(
            label=grid.name,
            kind="grid",
            why=Why.EXACT,
            confidence=1.0,
            sureness="sure",
            lon=None,
            lat=None,
            grid=grid,
            beside=[],
            url=reverse("resident:grid", args=[area.slug, grid.code]),
        )
        for grid in like[:MOST]
    ]


def _sureness(confidence: float) -> str:
    if confidence >= SURE:
        return "sure"
    return "likely" if confidence >= LIKELY else "perhaps"
