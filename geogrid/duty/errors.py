"""Why the roster could not be changed so."""

from django.utils.translation import gettext_lazy as _

from geogrid.accounts.errors import CodedError


class SinceInThePast(CodedError):
    code = "duty.since_in_the_past"
    message = _(
        "A change holds from now or from a later moment. What people were told in the past stays."
    )


class HoldsAlready(CodedError):
    code = "duty.holds_already"
    message = _("%(name)s has this post already from then on.")
    status = 409


class ChangeAhead(CodedError):
    """Somebody's post in the same place begins later; `event` is the change that says so, or 0."""

    code = "duty.change_ahead"
    message = _(
        "A change of this post from %(since)s is waiting already. Take it back first, or choose a"
        " later date."
    )
    status = 409


class NobodyThere(CodedError):
    code = "duty.nobody_there"
    message = _("Nobody holds that post at that moment.")
    status = 409


class ReasonMissing(CodedError):
    code = "duty.reason_missing"
    message = _("Say why nobody is there. Residents read it on the grid's card.")


class NotAWorkerHere(CodedError):
    code = "duty.not_a_worker_here"
    message = _("That worker is not on the roster of this area any more.")


class NoSuchGrid(CodedError):
    code = "duty.no_such_grid"
    message = _("That grid is not in plan %(number)s, or its land is not assigned yet.")
    status = 404


class BegunAlready(CodedError):
    code = "duty.begun_already"
    message = _("That change holds already; make another change instead.")
    status = 409


class CannotTakeBack(CodedError):
    code = "duty.cannot_take_back"
    message = _("The post was changed again since; take the later change back first.")
    status = 409


class NameMissing(CodedError):
    code = "duty.name_missing"
    message = _("Say what the worker is called.")


class PhoneImplausible(CodedError):
    code = "duty.phone_implausible"
    message = _("%(phone)s does not look like a telephone number.")


class Erased(CodedError):
    code = "duty.erased"
    message = _("This worker's data is erased; it cannot be changed any more.")
    status = 409


class StillNeeded(CodedError):
    """Grids that would have nobody; `grids` are their names."""

    code = "duty.still_needed"
    message = _("Say what becomes of the posts first.")
    status = 409
