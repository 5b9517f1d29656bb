"""Writes to the territory: founding a draft, walking it to approval, giving it its term.

Each takes one transaction, checks the permission and leaves one row of history; `by` is the user
(None: the system), `at` an aware datetime.
"""

from geogrid.territory.actions.boundaries import set_boundary
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
from geogrid.territory.actions.drafting import start_draft, start_first_draft
from geogrid.territory.actions.editing import edit, redo_latest, undo_latest
from geogrid.territory.actions.lifecycle import (
    approve,
    propose,
    send_back,
    settle_remark,
    withdraw,
)
from geogrid.territory.actions.moments import forget_moment, name_moment
from geogrid.territory.actions.terms import (
    Defect,
    enter_force,
    plan_defects,
    plan_residual,
    take_back,
)
from geogrid.territory.actions.undoing import undoable
from geogrid.territory.actions.writing import NewGrid, add_grids, start_plan

__all__ = [
    "Defect", "HomeFloors", "NewGrid", "add_grids", "approve", "cells_after_edit", "copy_cells",
    "delete_cells", "edit", "enter_force", "forget_moment", "make_cells", "move_homes",
    "name_moment", "plan_defects", "plan_residual", "propose", "redo_latest", "relink_homes",
    "rename_cell", "send_back",
    "set_boundary", "settle_remark", "start_draft", "start_first_draft", "start_plan", "take_back",
    "undo_latest", "undoable", "withdraw",
]  # fmt: skip
