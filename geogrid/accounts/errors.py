"""An error has a code and data before it has a sentence."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class CodedError(Exception):
    """A refusal that a person can act on.

    Subclasses set `code` (stable, dotted, part of the API) and `message` (a lazily translated
    sentence with named placeholders that `data` fills). `status` is the HTTP status a desk answers
    with; the domain never looks at it.
    """

    code: ClassVar[str] = "error"
    message: ClassVar[str | Promise] = _("That did not work.")
    status: ClassVar[int] = 400

    def __init__(self, **data: Any) -> None:
        self.data: Mapping[str, Any] = data
        super().__init__(self.code, data)

    def __str__(self) -> str:
        return str(self.message) % self.data

    def as_dict(self) -> dict[str, Any]:
        """Return `{code, message, data}`, the one shape every desk and the API answer with."""
        return {"code": self.code, "message": str(self), "data": dict(self.data)}


class NotAllowed(CodedError):
    code = "not_allowed"
    message = _("Your account may not do this here.")
    status = 403
