"""Why nothing can be drawn from a list."""

from django.utils.translation import gettext_lazy as _

from geogrid.accounts.errors import CodedError

__all__ = ["NothingListed"]


class NothingListed(CodedError):
    code = "territory.nothing_listed"
    message = _(
        "Nothing that the list names was found on the ground, so no grid can be drawn. Correct "
        "some entries first."
    )
    status = 409
