"""What can be wrong with homes that are drawn by hand."""

from django.utils.translation import gettext_lazy as _

from geogrid.accounts.errors import CodedError


class HomeOutside(CodedError):
    code = "territory.home_outside"
    message = _("%(name)s lies outside of %(area)s.")
    status = 422


class HomesRegistered(CodedError):
    """Registered buildings with dwellings lie in the outline: `count` of them."""

    code = "territory.homes_registered"
    message = _(
        "%(count)s registered buildings with %(dwellings)s dwellings lie in the outline of "
        "%(name)s. Its households would be counted twice: set them as the total of these buildings."
    )
    status = 409


class HomesInTotal(CodedError):
    """`other` is the total that speaks of the same buildings already."""

    code = "territory.homes_in_total"
    message = _(
        "Buildings in the outline of %(name)s belong to the total “%(other)s” already. Change that "
        "one, or take it away first."
    )
    status = 409


class NoSuchHomes(CodedError):
    code = "territory.no_such_homes"
    message = _("This compound is not there any more.")
    status = 404


class RowUnreadable(CodedError):
    code = "territory.row_unreadable"
    message = _(
        "Line %(line)s cannot be read: “%(text)s”. Write name, longitude, latitude, households."
    )


class RowsTooMany(CodedError):
    code = "territory.rows_too_many"
    message = _(
        "The table has %(count)s rows; at most %(most)s are taken at a time. Paste it in parts."
    )
