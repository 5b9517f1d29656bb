"""An error has a code and data before it has a sentence; `layers.refusals` says how."""

from django.utils.translation import gettext_lazy as _

from layers.refusals import CodedRefusal


class CodedError(CodedRefusal):
    """A refusal of the domain that a person can act on."""

    code = "error"
    message = _("That did not work.")


class NotAllowed(CodedError):
    code = "not_allowed"
    message = _("Your account may not do this here.")
    status = 403
