"""Writes to the territory: founding a draft, walking it to approval, giving it its term.

Each takes one transaction, checks the permission and leaves one row of history; `by` is the user
(None: the system), `at` an aware datetime.
"""

from geogrid.territory.actions.cells import (
    HomeFloors,
    cells_after_edit,
    copy_cells,
    delete_cells,
    make_cells,
    move_homes,
    relink_homes,
    rename_cell,
)
from geogrid.territory.actions.lifecycle import approve, propose
from geogrid.territory.actions.terms import enter_force, plan_residual
from geogrid.territory.actions.writing import NewGrid, add_grids, start_plan

__all__ = [
    "HomeFloors", "NewGrid", "add_grids", "approve", "cells_after_edit", "copy_cells",
    "delete_cells", "enter_force", "make_cells", "move_homes", "plan_residual", "propose",
    "relink_homes", "rename_cell", "start_plan",
]  # fmt: skip
