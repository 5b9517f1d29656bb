"""Why a place or a kind of places cannot be kept as asked. `code` is stable; the sentence is for
whoever asked."""

from django.utils.translation import gettext_lazy as _

from layers.refusals import CodedRefusal


class PlaceRefused(CodedRefusal):
    code = "places.refused"
    message = _("This place cannot be kept.")


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
