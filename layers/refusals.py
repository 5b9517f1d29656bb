"""What every refusal with a code is made of, in layers and above."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.functional import Promise

__all__ = ["CodedRefusal"]


class CodedRefusal(Exception):
    """A refusal has a code and data before it has a sentence.

    Subclasses set `code` (stable, dotted, part of the API) and `message` (a lazily translated
    sentence with named placeholders that `data` fills). `status` is the HTTP status a desk answers
    with; whoever raises never looks at it.
    """

    code: ClassVar[str]
    message: ClassVar[str | Promise]
    status: ClassVar[int] = 400

    def __init__(self, **data: Any) -> None:
        self.data: Mapping[str, Any] = data
        super().__init__(self.code, data)

    def __str__(self) -> str:
        return str(self.message) % self.data

    def as_dict(self) -> dict[str, Any]:
        """Return `{code, message, data}`, the one shape every desk and the API answer with."""
        return {"code": self.code, "message": str(self), "data": dict(self.data)}
