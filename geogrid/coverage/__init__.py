"""The pure kernel of GeoGrid: divisions of a territory that tile it exactly.

Shapely, numpy and pyproj only; no Django, no database. Geometries are EPSG:4326, longitude
first, on the lattice of `layers.datum.lattice`; areas and lengths come out in metres.

segments     boundaries as directed segments of whole lattice steps
proof        children tile their parents exactly: yes or no, and what is left over
findings     what is left over, as gaps, overlaps ... with area, place and grids
refinement   an outline that adds vertices to its base without moving it
nesting      levels above the leaves: derived, and proved
adjacency    who shares a border with whom, and how long it is
arrange      lines to elementary faces, faces to grids
blocks       streets, railways and waters to blocks that tile the territory
half_way     lines between buildings: half-way, and along party walls
quarters     blocks to quarters around named places
barriers     what a border costs along a street, a railway, between houses
balance      blocks to contiguous grids in a household range, and single moves
  aim, cutting, recombination, moves: what a good load is, and how it is found
from_list    listed points to grids around them, and what a list gets wrong
  atoms, growth: ground small enough for one grid, and grids that grow over it in one piece
measure      areas, lengths and compactness in metres
labels       where a grid's label fits best
files        polygons out of files and into them, attributes into tables
partition    homes shared out into cells by building, entrance and floor
frames       GeoDataFrames in, GeoDataFrames out: the Python door
"""
