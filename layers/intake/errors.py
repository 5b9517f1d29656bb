"""What can be wrong with a file that somebody wants to import."""

from __future__ import annotations

from typing import Any


class IntakeError(Exception):
    """A file cannot be used. `code` is stable, `data` names the file and the place in it."""

    code = "intake.unusable"

    def __init__(self, message: str, **data: Any) -> None:
        super().__init__(message)
        self.message = message
        self.data = data


class FileUnreadable(IntakeError):
    """Missing, empty, or not what its name says."""

    code = "intake.unreadable"


class BoundaryMissing(IntakeError):
    """No usable outline for the named area; the message says how to give one."""

    code = "intake.boundary_missing"


class WrongCoordinates(IntakeError):
    """Numbers that are not longitude and latitude in degrees, or not where the data is."""

    code = "intake.wrong_coordinates"
