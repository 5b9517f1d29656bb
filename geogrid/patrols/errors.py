from django.utils.translation import gettext_lazy as _

from geogrid.accounts.errors import CodedError


class NotYourGrid(CodedError):
    """The hazard point lies in a grid that the worker does not answer for at that moment."""

    code = "patrols.not_your_grid"
    message = _("%(hazard)s does not lie in one of your grids.")
    status = 403


class NotAWorker(CodedError):
    code = "patrols.not_a_worker"
    message = _("Only grid workers record visits, each their own.")
    status = 403


class ProblemWithoutNote(CodedError):
    code = "patrols.problem_without_note"
    message = _("Say in a few words what is wrong.")


class NumberTaken(CodedError):
    """The phone's number already belongs to another visit."""

    code = "patrols.number_taken"
    message = _("This record was already sent for another place; please enter it again.")
    status = 409


class NotYet(CodedError):
    code = "patrols.not_yet"
    message = _("A visit cannot lie in the future; check the clock of your phone.")


class OutOfUse(CodedError):
    code = "patrols.out_of_use"
    message = _("%(hazard)s is not in use any more.")
    status = 409
