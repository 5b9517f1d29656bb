"""`GET /api/suggest`: what somebody who types an address may be about to type."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from geogrid.desks.api.feeds import asked_area
from geogrid.desks.api.where import ErrorOut
from geogrid.territory.models import Term
from layers.geocoding.suggestions import suggest
from layers.places import kinds
from layers.places.models import Address

router = Router(tags=["addresses"])
LONGEST = 100
MOST = 8


class SuggestionOut(Schema):
    text: str = Field(description="What stands in the box when this one is chosen.")
    kind: str = Field(description="street, address, or the badge of a place: school, shop ...")
    whole: bool = Field(description="false for a street: its house numbers can follow.")


class SuggestOut(Schema):
    suggestions: list[SuggestionOut]


class SuggestIn(Schema):
    q: str = Field("", description="What was typed: letters, pinyin or its initials.")
    area: str | None = Field(
        None, description="Short name of an area, default the one that fits the language."
    )


@router.get(
    "/suggest",
    response={200: SuggestOut, 400: ErrorOut, 404: ErrorOut},
    summary="Addresses and places that begin so",
    operation_id="suggest",
    url_name="suggest",
)
def suggestions(request: HttpRequest, asked: Query[SuggestIn]) -> dict[str, Any]:
    """Streets, compounds and places by their first letters, by pinyin, or with a slip; then doors.

    Only what lies in the plan in force is suggested. Nothing that was typed is kept.
    """
    area = asked_area(request)
    terms = Term.objects.at(timezone.now()).filter(scheme__area=area, scheme__general=True)
    term = terms.select_related("plan__boundary").first()
    typed = asked.q[:LONGEST]
    if term is None or not typed.strip():
        return {"suggestions": []}
    inside = term.plan.boundary.boundary
    searched = kinds.searched()
    found = suggest(
        typed,
        Address.objects.within(inside),
        [(kind.icon, kind.public_rows().within(inside)) for kind in searched],
        layers=[kind.version_of for kind in searched],
        limit=MOST,
    )
    return {"suggestions": [
        {"text": one.text, "kind": one.kind, "whole": one.whole} for one in found
    ]}  # fmt: skip
