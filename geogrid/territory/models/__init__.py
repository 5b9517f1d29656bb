"""Rows of the territory: areas, schemes, plans and grids, their history, cells."""

from geogrid.territory.models.areas import Area, AreaBoundary
from geogrid.territory.models.cells import Cell, CellUnit
from geogrid.territory.models.history import (
    BoundaryEdit,
    GridChange,
    GridCode,
    Moment,
    PlanEvent,
    Remark,
    Succession,
)
from geogrid.territory.models.plans import Grid, Plan, PlanLoad, Term
from geogrid.territory.models.schemes import Authority, Level, Scheme

__all__ = [
    "Area", "AreaBoundary", "Authority", "BoundaryEdit", "Cell", "CellUnit", "Grid", "GridChange",
    "GridCode", "Level", "Moment", "Plan", "PlanEvent", "PlanLoad", "Remark", "Scheme",
    "Succession", "Term",
]  # fmt: skip
