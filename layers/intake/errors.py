"""What can be wrong with a file that somebody wants to import."""

from __future__ import annotations

from typing import Any

import shapely

# What GDAL, GEOS and numpy raise over content that no check of ours foresaw.
BROKEN = (ValueError, ArithmeticError, RuntimeError, OSError, shapely.errors.ShapelyError)


class IntakeError(Exception):
    """A file cannot be used. `code` is stable, `data` names the file and the place in it.

    `message` says what is wrong and where, `remedy` what to type on a command line about it;
    screens have buttons for that and leave it out.
    """

    code = "intake.unusable"

    def __init__(self, message: str, remedy: str = "", **data: Any) -> None:
        super().__init__(f"{message} {remedy}".strip())
        self.message = message
        self.remedy = remedy
        self.data = data

    def about(self, name: str) -> str:
        """What is wrong, with the file called by the name its bringer knows it by."""
        path = str(self.data.get("path") or "")
        return self.message.replace(path, name) if path else self.message


class FileUnreadable(IntakeError):
    """Missing, empty, or not what its name says."""

    code = "intake.unreadable"


class BoundaryMissing(IntakeError):
    """No usable outline for the named area; the message says how to give one."""

    code = "intake.boundary_missing"


class WrongCoordinates(IntakeError):
    """Numbers that are not longitude and latitude in degrees, or not where the data is."""

    code = "intake.wrong_coordinates"


class Unusable(IntakeError, ValueError):
    """A file that cannot be read as told; the message says what is wrong, where, what to do."""

    code = "intake.unusable"


class CrsUnknown(Unusable):
    """Numbers without a coordinate system, or with one that nobody knows."""

    code = "intake.crs_unknown"


class NotDegrees(Unusable):
    """Said to be longitude and latitude, but no place on earth has these numbers."""

    code = "intake.not_degrees"


class LayerAmbiguous(Unusable):
    """Several layers that could be meant, or none of that name; `data["layers"]` lists them."""

    code = "intake.layer"


class ArchiveRefused(Unusable):
    """A zip file that is not unpacked: it leaves its folder, is far too large, or is locked."""

    code = "intake.archive"


class TooLarge(Unusable):
    """More bytes than a server should read for one import."""

    code = "intake.too_large"
