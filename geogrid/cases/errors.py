from django.utils.translation import gettext_lazy as _

from geogrid.accounts.errors import CodedError


class StepNotPossible(CodedError):
    code = "cases.step_not_possible"
    message = _("Case %(number)s is “%(state)s” by now; this step is not possible any more.")
    status = 409


class NotYours(CodedError):
    code = "cases.not_yours"
    message = _("Case %(number)s is not with you.")
    status = 403


class ReasonMissing(CodedError):
    code = "cases.reason_missing"
    message = _("Please say why, in a few words.")


class TextMissing(CodedError):
    code = "cases.text_missing"
    message = _("Please describe in a few words what is wrong.")


class NobodyAbove(CodedError):
    code = "cases.nobody_above"
    message = _("Case %(number)s is with the office already; there is nobody above.")
    status = 409


class PhotoMissing(CodedError):
    code = "cases.photo_missing"
    message = _("Please add a photo taken before and one taken after.")


class NotAssignable(CodedError):
    code = "cases.not_assignable"
    message = _("%(worker)s holds no post in %(area)s at present.")
    status = 409


class TooManyTries(CodedError):
    code = "cases.too_many_tries"
    message = _("Too many tries from here within the hour. Please call %(phone)s instead.")
    status = 429


class SameCase(CodedError):
    code = "cases.same_case"
    message = _("A case cannot be merged into itself or into one of another area.")


class YearUnusable(CodedError):
    code = "cases.year_unusable"
    message = _("%(day)s does not belong to %(year)s, or is listed twice.")


class WorkerMissing(CodedError):
    code = "cases.worker_missing"
    message = _("Choose who is to handle it.")


class NoSuchCase(CodedError):
    code = "cases.no_such_case"
    message = _("There is no case %(number)s here.")
    status = 404
