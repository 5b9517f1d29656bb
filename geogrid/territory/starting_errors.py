"""What can be wrong while an area is founded and its first grids are drawn."""

from django.utils.translation import gettext_lazy as _

from geogrid.accounts.errors import CodedError


class OutlineUnreadable(CodedError):
    """Text that is no outline; `line` counts from 1, `text` is what stands there."""

    code = "territory.outline_unreadable"
    message = _(
        "Line %(line)s cannot be read: “%(text)s”. Write one point a line, longitude first: "
        "113.2501, 30.5502."
    )


class OutlineNotJson(CodedError):
    code = "territory.outline_not_json"
    message = _("This begins like GeoJSON but cannot be read as a polygon of one.")


class OutlineSwapped(CodedError):
    """A latitude beyond 90 degrees: longitude and latitude are exchanged; `line` from 1."""

    code = "territory.outline_swapped"
    message = _(
        "Line %(line)s is no place on earth: %(x)s, %(y)s. Longitude comes first, then latitude."
    )


class OutlineTooShort(CodedError):
    code = "territory.outline_too_short"
    message = _("An outline needs at least three points; piece %(piece)s has %(count)s.")


class OutlineCrosses(CodedError):
    """`place` (latitude, longitude) in words, `where` as GeoJSON."""

    code = "territory.outline_crosses"
    message = _("The outline crosses or touches itself at %(place)s. Move a point there.")
    status = 422


class OutlineTooSmall(CodedError):
    code = "territory.outline_too_small"
    message = _("The outline encloses only %(area)s m². Are the points in degrees?")
    status = 422


class OutlineOutside(CodedError):
    """Beyond the window this installation accepts; see GEOGRID_WINDOW."""

    code = "territory.outline_outside"
    message = _(
        "The outline reaches beyond what this installation accepts: longitude %(west)s to "
        "%(east)s, latitude %(south)s to %(north)s."
    )
    status = 422


class SlugTaken(CodedError):
    code = "territory.slug_taken"
    message = _("Another area has the short name “%(slug)s” already.")
    status = 409


class LevelsUnusable(CodedError):
    """`part` says which level, counted from 1; 0: all of them together."""

    code = "territory.levels_unusable"
    message = _("%(reason)s")


class CodeTooLong(CodedError):
    code = "territory.code_too_long"
    message = _(
        "Prefix and levels together make codes of %(digits)s characters; %(most)s are possible."
    )


class RangeUnusable(CodedError):
    code = "territory.range_unusable"
    message = _("The range has to begin at 1 or more, and not to end before it begins.")


class NoHomes(CodedError):
    """Nothing to balance: nobody is known to live there."""

    code = "territory.no_homes"
    message = _(
        "Nobody is known to live in %(area)s yet. Draw its compounds with their households, or "
        "import its buildings, and grids can be made of them."
    )
    status = 409


class NothingToDivide(CodedError):
    code = "territory.nothing_to_divide"
    message = _("All of it is to stay as it is: nothing is left to be divided anew.")
    status = 409


class GeneratedOutdated(CodedError):
    """The plan it goes out from has another revision by now."""

    code = "territory.generated_outdated"
    message = _(
        "Plan %(number)s was edited since these grids were drawn from it. Ask again, and they are "
        "drawn from the plan as it is now."
    )
    status = 409


class NotGenerated(CodedError):
    """The computation broke off: `problem` is for whoever maintains this software."""

    code = "territory.not_generated"
    message = _(
        "Grids could not be drawn on this ground (%(problem)s). Ask differently: with another "
        "range, or from nothing."
    )
    status = 422
