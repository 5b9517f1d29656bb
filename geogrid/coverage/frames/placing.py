"""Frames as the kernel reads them: known by their codes, in EPSG:4326, on the lattice."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geogrid.coverage.change import Refused as KernelRefused
from geogrid.coverage.nesting import union
from layers.datum.lattice import on_lattice, snap
from layers.datum.shapes import Shape, Shapes, listed

__all__ = [
    "Label",
    "Moved",
    "Outline",
    "Placed",
    "Refused",
    "on_lattice_frame",
    "outline",
    "placed",
]

Label: TypeAlias = Hashable
Frame: TypeAlias = gpd.GeoDataFrame
Outline: TypeAlias = Any
"""A shape in EPSG:4326, or a GeoSeries or GeoDataFrame in any CRS; None for the frame's own."""

STORED = "EPSG:4326"
CODE = "code"
POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


class Moved(UserWarning):
    """Coordinates were transformed or rounded to the lattice."""


class Refused(KernelRefused):
    """An edit that would break a rule; nothing has changed.

    Attributes
    ----------
    code : geogrid.coverage.change.Code
    where : shapely geometry
        EPSG:4326.
    labels : tuple
        Codes (or index labels) of the grids concerned.
    """

    def __init__(self, refusal: KernelRefused, labels: tuple[Label, ...]) -> None:
        super().__init__(refusal.code, refusal.where, refusal.keys)
        self.labels = labels
        self.args = (f"{self.args[0]} ({', '.join(map(str, labels))})" if labels else self.args[0],)


@dataclass(frozen=True, slots=True)
class Placed:
    """A frame in EPSG:4326 on the lattice, and what its rows are called.

    Attributes
    ----------
    frame : GeoDataFrame
        A copy; the caller's stays as it is.
    labels : list
        The column `code` where there is one with a different value in each row, else the index.
    coded : bool
        Whether `labels` are that column.
    """

    frame: Frame
    labels: list[Label]
    coded: bool

    @property
    def shapes(self) -> Shapes:
        return listed(self.frame.geometry.array)

    def key(self, label: Label) -> int:
        """The number of the row that a label names.

        Raises
        ------
        KeyError
            When no row has it.
        """
        try:
            return self.labels.index(label)
        except ValueError:
            known = ", ".join(map(str, self.labels[:5])) + (" ..." if len(self.labels) > 5 else "")
            kind = "code" if self.coded else "index"
            raise KeyError(f"no grid has the {kind} {label!r}; there are {known}") from None

    def keys(self, labels: Iterable[Label]) -> list[int]:
        return [self.key(label) for label in labels]

    def named(self, keys: Iterable[int]) -> tuple[Label, ...]:
        """The labels of rows; keys of no row (grids an edit would make) are left out."""
        return tuple(self.labels[key] for key in keys if 0 <= key < len(self.labels))

    def column(self, name: str) -> NDArray[Any]:
        if name not in self.frame.columns:
            known = ", ".join(map(str, self.frame.columns.drop(self.frame.geometry.name)))
            raise KeyError(f"there is no column {name!r}, but: {known}")
        values: NDArray[Any] = self.frame[name].to_numpy()
        return values

    def translated(self) -> AbstractContextManager[None]:
        """Refusals inside name grids as the frame does."""
        return _translated(self.named)


@contextmanager
def _translated(named: Callable[[Iterable[int]], tuple[Label, ...]]) -> Any:
    try:
        yield
    except KernelRefused as refusal:
        raise Refused(refusal, named(refusal.keys)) from None


def placed(frame: Frame, *, lattice: bool = True) -> Placed:
    """Read a frame of polygons.

    Parameters
    ----------
    frame : GeoDataFrame
        Any CRS, but it has to say which.
    lattice : bool
        False leaves vertices between lattice points, for what is repaired anyhow.

    Raises
    ------
    ValueError
        When the frame has no CRS, holds something else than polygons, or codes repeat.

    Warns
    -----
    Moved
        When coordinates were transformed or rounded.
    """
    there = _in_degrees(frame)
    if lattice:
        there = on_lattice_frame(there)
    types = shapely.get_type_id(listed(there.geometry.array))
    if not np.isin(types, (*POLYGONAL, -1)).all():
        raise ValueError("the frame holds geometries that are no polygons")
    coded = CODE in there.columns
    labels = there[CODE].tolist() if coded else there.index.tolist()
    if len(set(labels)) < len(labels):
        twice = next(label for label in labels if labels.count(label) > 1)
        raise ValueError(f"{'code' if coded else 'index'} {twice!r} stands in several rows")
    return Placed(there, labels, coded)


def _in_degrees(frame: Frame) -> Frame:
    """A copy in EPSG:4326, transformed vertex by vertex: matched borders stay matched."""
    if frame.crs is None:
        raise ValueError("the frame does not say its CRS; tell it with frame.set_crs(...)")
    if frame.crs.to_epsg() == 4326:
        return frame.copy()
    warnings.warn(
        f"{frame.crs.name} was transformed to EPSG:4326 and its vertices were moved to the nearest"
        " points of the 1e-7 degree lattice, 8 mm away at most",
        Moved,
        stacklevel=4,
    )
    moved = frame.to_crs(STORED)
    return moved.set_geometry([_snapped(shape) for shape in moved.geometry.array])


def on_lattice_frame(frame: Frame) -> Frame:
    """The frame (EPSG:4326) with vertices at their nearest lattice points; warns if any moved."""
    shapes = listed(frame.geometry.array)
    off = int((~on_lattice(shapes)).sum())
    if not off:
        return frame
    warnings.warn(
        f"{off} shapes had vertices between the points of the 1e-7 degree lattice; they were moved"
        " to the nearest one, 8 mm away at most",
        Moved,
        stacklevel=4,
    )
    return frame.set_geometry([_snapped(shape) for shape in shapes])


def _snapped(shape: Shape | None) -> Shape | None:
    return None if shape is None else snap(shape)


def shape_of(where: Outline) -> Shape:
    """One shape in EPSG:4326 of what a caller gives: a shape, a GeoSeries or a GeoDataFrame."""
    if isinstance(where, BaseGeometry):
        return where
    series = where.geometry
    if series.crs is None:
        raise ValueError("a frame does not say its CRS; tell it with .set_crs(...)")
    members = series.to_crs(STORED)
    united: Shape = members.iloc[0] if len(members) == 1 else members.union_all()
    return united


def shapes_of(where: Any) -> Shapes:
    """Shapes in EPSG:4326 of a GeoSeries, a GeoDataFrame, one shape or several."""
    if isinstance(where, gpd.GeoSeries | gpd.GeoDataFrame):
        if where.crs is None:
            raise ValueError("a frame does not say its CRS; tell it with .set_crs(...)")
        return listed(where.geometry.to_crs(STORED).array)
    return listed(where)


def outline(frame: Frame) -> Shape:
    """The outline of an exact tiling: the union of its grids, every vertex on it kept."""
    shapes = placed(frame).shapes
    return union(list(shapes))


def outline_or_union(given: Outline, shapes: Shapes) -> Shape:
    return union(list(shapes)) if given is None else snap(shape_of(given))


def rows_of(columns: Mapping[str, Any], shapes: Sequence[Shape], index: Any = None) -> Frame:
    """A new frame in EPSG:4326, with its columns even when it has no rows."""
    return gpd.GeoDataFrame(pd.DataFrame(columns, index=index), geometry=list(shapes), crs=STORED)
