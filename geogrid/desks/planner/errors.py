"""Refusals of the editor's addresses; see `CodedError`."""

from django.utils.translation import gettext_lazy as _

from geogrid.accounts.errors import CodedError


class SignedOut(CodedError):
    code = "planner.signed_out"
    message = _("You are signed out. Sign in again; what you drew is kept in this browser.")
    status = 401


class PageTooOld(CodedError):
    """The form's key is missing or another session's."""

    code = "planner.page_too_old"
    message = _("This page is too old to save. Load it again; what you drew is kept.")
    status = 403


class NoSuchPlan(CodedError):
    code = "planner.no_such_plan"
    message = _("There is no such plan.")
    status = 404


class WrongMethod(CodedError):
    code = "planner.wrong_method"
    message = _("This address is asked in another way: %(methods)s.")
    status = 405


class BodyUnreadable(CodedError):
    code = "planner.body_unreadable"
    message = _("What was sent is no JSON object.")


class BodyTooLarge(CodedError):
    code = "planner.body_too_large"
    message = _("What was sent is larger than %(most)s MB; draw it in several steps.")
    status = 413


class NotAsked(CodedError):
    """A value in the address that says nothing."""

    code = "planner.not_asked"
    message = _("%(name)s is missing or cannot be read.")
