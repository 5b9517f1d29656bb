"""What stands in a vector file before its numbers mean anything, and GDAL's values as ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyogrio
from numpy.typing import NDArray

from layers.datum.shapes import Shapes
from layers.intake.encodings import Encoding

__all__ = ["Raw", "gdal_options", "plain_values"]


@dataclass(slots=True)
class Raw:
    """What stands in the file, before the numbers mean anything."""

    kind: str
    layer: str
    shapes: Shapes
    columns: dict[str, list[Any]]
    crs: str | None
    encoding: Encoding | None = None
    notes: list[str] = field(default_factory=list)


def plain_values(column: NDArray[Any]) -> list[Any]:
    """Python's own values; no value is None, whatever GDAL writes for it."""
    if np.issubdtype(column.dtype, np.datetime64):
        return [None if np.isnat(value) else str(value) for value in column]
    values = column.tolist()
    return [None if isinstance(value, float) and value != value else value for value in values]


@contextmanager
def gdal_options(**options: str) -> Iterator[None]:
    """Settings of GDAL for a moment."""
    before = {name: pyogrio.get_gdal_config_option(name) for name in options}
    pyogrio.set_gdal_config_options(options)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)
