"""Why a place or a kind of places cannot be kept as asked. `code` is stable; the sentence is for
whoever asked."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class PlaceRefused(Exception):
    code: ClassVar[str] = "places.refused"
    message: ClassVar[str | Promise] = _("This place cannot be kept.")
    status: ClassVar[int] = 400

    def __init__(self, **data: Any) -> None:
        self.data: Mapping[str, Any] = data
        super().__init__(self.code, data)

    def __str__(self) -> str:
        return str(self.message) % self.data

    def as_dict(self) -> dict[str, Any]:
        return {"code": self.code, "message": str(self), "data": dict(self.data)}


class UnknownField(PlaceRefused):
    code = "places.unknown_field"
    message = _("Places of this kind have no “%(field)s”.")


class ValueOfOtherType(PlaceRefused):
    code = "places.value_of_other_type"
    message = _("“%(field)s” cannot be “%(value)s”.")


class Nameless(PlaceRefused):
    code = "places.nameless"
    message = _("A place needs a name or an address, or nobody finds it again.")


class CodeTaken(PlaceRefused):
    code = "places.code_taken"
    message = _("“%(kind)s” is the name of another kind or layer already. Choose another one.")


class NotAFact(PlaceRefused):
    code = "places.not_a_fact"
    message = _(
        "“%(field)s” looks like something about persons. Places are registered here, not people:"
        " leave it out."
    )


class KindInUse(PlaceRefused):
    code = "places.kind_in_use"
    message = _(
        "%(count)s places are of this kind, so it cannot be removed. Take it out of use instead."
    )
    status = 409
