"""The kernel's Python door: GeoDataFrames in, GeoDataFrames out, without the web or a database.

`docs/python.md` shows it on a small town. Thin on purpose: each function reads a frame, asks the
kernel module of the same name and puts the answer back into rows.

Rows are known by their column `code` where there is one, else by their index. Frames may come in
any CRS that they state; everything that comes back is EPSG:4326 on the 1e-7 degree lattice, and a
`Moved` warning says when vertices had to move for that. Columns stay as they are.
"""

from geogrid.coverage.frames.bordering import (
    delete_vertex,
    insert_vertex,
    move_border,
    move_vertex,
    snap_to_street,
    straighten,
)
from geogrid.coverage.frames.checking import (
    Repaired,
    Simplified,
    check,
    measure,
    repair,
    simplify,
)
from geogrid.coverage.frames.comparing import Compared, compare, count
from geogrid.coverage.frames.drawing import Balanced, balance, blocks, moves
from geogrid.coverage.frames.editing import claim, cut_out, merge, redraw, split
from geogrid.coverage.frames.levels import Adopted, adopt, nest
from geogrid.coverage.frames.placing import Moved, Refused, outline

__all__ = [
    "Adopted", "Balanced", "Compared", "Moved", "Refused", "Repaired", "Simplified", "adopt",
    "balance", "blocks", "check", "claim", "compare", "count", "cut_out", "delete_vertex",
    "insert_vertex", "measure", "merge", "move_border", "move_vertex", "moves", "nest", "outline",
    "redraw", "repair", "simplify", "snap_to_street", "split", "straighten",
]  # fmt: skip
