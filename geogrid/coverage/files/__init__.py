"""Polygons out of files and into them, so that what was exact stays exact.

reading   any vector file, ready for the proof
writing   GeoJSON, GeoPackage, Shapefile, KML, in any coordinate system
styles    how QGIS draws grids: the style that a GeoPackage brings along
tables    attributes for spreadsheets: CSV and XLSX
"""

from geogrid.coverage.files.reading import PolygonFile, read_polygons
from geogrid.coverage.files.writing import ENDINGS, write_polygons
from layers.intake.errors import Unusable

__all__ = ["ENDINGS", "PolygonFile", "Unusable", "read_polygons", "write_polygons"]
