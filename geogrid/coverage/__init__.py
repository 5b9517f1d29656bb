"""The pure kernel of GeoGrid: divisions of a territory that tile it exactly.

Shapely, numpy and pyproj only; no Django, no database. Geometries are EPSG:4326, longitude
first, on the lattice of `layers.datum.lattice`; areas and lengths come out in metres.

What is exact:
segments     boundaries as directed segments of whole lattice steps
proof        children tile their parents exactly: yes or no, and what is left over
findings     what is left over, as gaps, overlaps ... with area, place and grids
refinement   an outline that adds vertices to its base without moving it
nesting      levels above the leaves: derived, adopted, and proved
adjacency    who shares a border with whom, and how long it is
arrange      lines to elementary faces, faces to grids

Edits:
edits        split, merge, hand over, redraw, replace; all operations are to be had from here
  borders, vertices: of two grids, of single vertices; street_paths: along a street
  patch: arrange, own, dissolve, prove, settle; proving, closeness, rings, spreading: its parts
tiling       what an edit may see, and the tiling kept in memory
change       what an edit answers: a proved change, or a refusal with a code and a place

From a mess to a tiling:
repair       an imported mess to an exact tiling, and what moved
  noding, settling, chains, rim, claims, ownership, gaps: noding to the end, the outline kept, who
  gets what
simplify     fewer vertices; shared borders stay shared

First plans:
blocks       streets, railways and waters to blocks that tile the territory
half_way     lines between buildings: half-way, and along party walls
  own_land, joined_land: the land of some houses, and what makes it one piece with who gets it
quarters     blocks to quarters around named places
barriers     what a border costs along a street, a railway, between houses
balance      blocks to contiguous grids in a household range, and single moves
  aim, cutting, recombination, moves: what a good load is, and how it is found
from_list    listed points to grids around them, and what a list gets wrong
  atoms, growth: ground small enough for one grid, and grids that grow over it in one piece
partition    homes shared out into cells by building, entrance and floor

Told about a plan:
compare      what changes hands between two plans, and who continues whom
measure      areas, lengths and compactness in metres
limits       the four limits: what bounds a grid north, east, south and west
labels       where a grid's label fits best

Doors:
files        polygons out of files and into them, attributes into tables
frames       GeoDataFrames in, GeoDataFrames out: the Python door
"""
