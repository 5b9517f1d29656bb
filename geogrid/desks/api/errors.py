"""Refusals of the public interface; see `CodedError`."""

from django.utils.translation import gettext_lazy as _

from geogrid.accounts.errors import CodedError


class Missing(CodedError):
    code = "missing"
    message = _("Say %(name)s: it is missing.")


class NotANumber(CodedError):
    code = "not_a_number"
    message = _("%(name)s must be a plain number such as 13.2611, with a point and ASCII digits.")


class OutOfRange(CodedError):
    code = "out_of_range"
    message = _("%(name)s must lie between %(least)s and %(most)s.")


class Swapped(CodedError):
    code = "swapped"
    message = _("lon and lat look swapped: longitude (east) belongs in lon, latitude in lat.")


class NotAMoment(CodedError):
    code = "not_a_moment"
    message = _("%(name)s must be a date or a time such as 2026-05-03T12:00:00+08:00.")


class Unreadable(CodedError):
    code = "unreadable"
    message = _("%(name)s holds characters that no value here can have.")


class NotABox(CodedError):
    code = "not_a_box"
    message = _("bbox must be four numbers: west,south,east,north in degrees.")


class UnknownArea(CodedError):
    code = "unknown_area"
    message = _("There is no area called %(area)s.")
    status = 404


class UnknownScheme(CodedError):
    code = "unknown_scheme"
    message = _("This area has no scheme called %(scheme)s.")
    status = 404


class NothingInForce(CodedError):
    code = "nothing_in_force"
    message = _("No plan is in force here at that time.")
    status = 404


class UnknownLayer(CodedError):
    code = "unknown_layer"
    message = _("There is no map layer called %(layer)s.")
    status = 404


class NoSuchTile(CodedError):
    code = "no_such_tile"
    message = _("There is no tile %(tile)s.")
    status = 404


class NotFound(CodedError):
    code = "not_found"
    message = _("There is nothing at this address.")
    status = 404
