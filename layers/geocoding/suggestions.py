"""What somebody who types an address may be about to type, out of the database."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from django.db.models import Count, QuerySet

from layers.feeds import versions
from layers.geocoding.normalise import normalise
from layers.geocoding.parsing import parse
from layers.geocoding.suggesting import Name, Names, Suggestion, complete
from layers.places.models import ADDRESSES, Address, Place

__all__ = ["ADDRESS", "STREET", "suggest"]

STREET, ADDRESS = "street", "address"
STREETS_COMPLETED = 3
DOORS_COMPARED = 4_000
KEPT_INDEXES = 8
Kinds = Sequence[tuple[str, QuerySet[Place]]]

_indexes: OrderedDict[tuple[str, ...], Names] = OrderedDict()
_making = Lock()


def suggest(
    typed: str,
    among: QuerySet[Address],
    places: Kinds = (),
    *,
    layers: Sequence[str] = (),
    limit: int = 8,
) -> list[Suggestion]:
    """Streets, compounds and named places first; doors once a number or a whole name is there.

    `places` are (kind, rows) as for `find_places`, `layers` those whose versions tell that such a
    row was written: names are looked up anew when one of them rises. A street's suggestion is not
    `whole`: its doors are suggested when it stands in the box.
    """
    question = parse(typed)
    names = _names(among, places, layers).like(question.street, limit=limit)
    streets = [name.text for name in names if name.kind == STREET]
    exact = [name for name in streets if normalise(name) == question.street]
    doors: list[Suggestion] = []
    if question.house or exact:
        meant = exact or streets[:STREETS_COMPLETED]
        doors = [
            Suggestion(text, ADDRESS, whole=True)
            for text in complete(typed, _doors(among, meant), limit=limit)
        ]
    if doors and question.house:
        return doors
    found = [Suggestion(one.text, one.kind, whole=one.kind != STREET) for one in names]
    if exact:  # the name stands there already: what follows it is what is wanted
        found = [one for one in found if one.text not in exact]
        return [*doors, *found][:limit]
    return found


def _doors(among: QuerySet[Address], streets: Sequence[str]) -> dict[str, list[str]]:
    rows = among.order_by("pk").filter(street__in=streets)
    by_street: dict[str, list[str]] = {}
    for street, text in rows.values_list("street", "text")[:DOORS_COMPARED]:
        by_street.setdefault(street, []).append(text)
    return by_street


def _names(among: QuerySet[Address], places: Kinds, layers: Sequence[str]) -> Names:
    """The index of all names, kept until anything that carries one changes."""
    numbers = versions.all_current()
    told = (f"{layer}={numbers.get(layer, '0')}" for layer in (ADDRESSES, *layers))
    key = (str(among.order_by().query), *told)
    with _making:
        if key not in _indexes:
            _indexes[key] = Names(_rows(among, places))
            while len(_indexes) > KEPT_INDEXES:
                _indexes.popitem(last=False)
        _indexes.move_to_end(key)
        return _indexes[key]


def _rows(among: QuerySet[Address], places: Kinds) -> list[Name]:
    """Every name once; a street with many doors before one with few."""
    streets = among.order_by().values("street").annotate(doors=Count("pk"))
    rows = [Name(row["street"], STREET, row["doors"]) for row in streets]
    for kind, found in places:
        rows += [
            Name(name, kind)
            for name in found.exclude(name="").order_by().values_list("name", flat=True).distinct()
        ]
    return rows
