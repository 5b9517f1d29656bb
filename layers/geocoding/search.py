"""Candidates for a typed address, best first, out of the registered addresses and places."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from django.contrib.gis.geos import Point
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Q, QuerySet

from layers.basemap.models import PlaceName
from layers.feeds import versions
from layers.geocoding.matching import Door, Why, name_likeness
from layers.geocoding.normalise import normalise
from layers.geocoding.resolving import resolve
from layers.geocoding.street_names import StreetNames
from layers.places.models import ADDRESSES, Address, Place

__all__ = ["Candidate", "find_addresses", "find_places", "street_names"]

UNLIKE = 0.5  # names
NAME_ALIKE = 0.4  # shared trigrams of a place's name; one wrong letter in a short name costs half
PLACES_COMPARED = 50
MUCH_WORSE = 0.5  # an answer that far behind the best one only distracts
KEPT_INDEXES = 8


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible meaning of what was typed. `confidence` is 0 to 1, `anchor` in EPSG:4326."""

    label: str
    kind: str
    anchor: Point
    confidence: float
    why: Why


def find_addresses(text: str, among: QuerySet[Address], *, limit: int = 10) -> list[Candidate]:
    """Return the addresses of `among` that `text` may mean, most likely first.

    Without a house number each street answers once, at its middle house; neighbours of a house only
    where the house itself is not registered. Doors registered twice
    are shown once, unless they lie far apart: then the person has to choose.
    """

    def doors_of(streets: Sequence[str]) -> Mapping[str, list[Door]]:
        by_street: dict[str, list[Door]] = {}
        rows = among.order_by("pk").filter(street__in=streets)
        for door, street, house, unit, anchor in rows.values_list(
            "text", "street", "house", "unit", "anchor"
        ):
            place = (anchor.x, anchor.y)
            by_street.setdefault(street, []).append(Door(door, street, house, unit, place))
        return by_street

    found = resolve(text, street_names(among), doors_of, limit=limit)
    best = max((one.confidence for one in found), default=0)
    return [
        Candidate(
            one.text,
            "street" if one.why == Why.STREET else "address",
            Point(*one.place, srid=4326),
            one.confidence,
            one.why,
        )
        for one in found
        if one.confidence >= best * MUCH_WORSE
    ]


_indexes: OrderedDict[tuple[str, str], StreetNames] = OrderedDict()
_making = Lock()


def street_names(among: QuerySet[Address]) -> StreetNames:
    """The index of the streets and compounds in `among`, kept until an address changes."""
    key = (str(among.order_by().query), versions.current(ADDRESSES))
    with _making:  # who asks meanwhile waits for one index, not for two
        if key not in _indexes:
            streets = among.order_by().values_list("street", flat=True).distinct()
            regions = PlaceName.objects.values_list("name", flat=True)
            _indexes[key] = StreetNames(streets, regions=regions)
            while len(_indexes) > KEPT_INDEXES:
                _indexes.popitem(last=False)
        _indexes.move_to_end(key)
        return _indexes[key]


def find_places(
    text: str, among: Iterable[tuple[str, QuerySet[Place]]], *, limit: int = 5
) -> list[Candidate]:
    """Return named places (`kind`, rows) whose name is like `text`."""
    wanted = normalise(text)
    if len(wanted) < 2:
        return []
    found: dict[tuple[str, float, float], Candidate] = {}
    for kind, rows in among:
        likely = rows.annotate(alike=TrigramWordSimilarity(text, "name")).filter(
            Q(name__icontains=text.strip()) | Q(alike__gte=NAME_ALIKE)
        )
        for place in likely.order_by("-alike")[:PLACES_COMPARED]:
            likeness = round(name_likeness(wanted, normalise(place.name)), 3)
            if likeness >= UNLIKE + 0.15:
                why = Why.EXACT if likeness == 1 else Why.SPELLING
                one = Candidate(place.name, kind, place.anchor, likeness, why)
                found.setdefault((one.label, round(one.anchor.x, 3), round(one.anchor.y, 3)), one)
    ranked = sorted(found.values(), key=lambda one: (-one.confidence, one.label))
    return ranked[:limit]
