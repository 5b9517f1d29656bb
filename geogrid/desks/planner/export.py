"""A plan as a file: the same numbers as in the database, so the file proves exact elsewhere too.

GeoJSON is written by the database with 7 decimals, which is the lattice; a GeoPackage keeps the
doubles themselves.
"""

import tempfile
from pathlib import Path
from typing import Any

import geopandas
import pandas
import pyogrio
from django.contrib.gis.geos import MultiPolygon
from django.db.models import F, QuerySet

from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import Grid, Plan, Term
from layers.feeds.geojson import feature_collection

__all__ = ["COLUMNS", "geojson", "geopackage"]

# Column in the file: where it comes from.
COLUMNS = {
    "code": "code",
    "name": "name",
    "label": "label",
    "kind": "kind",
    "lineage": "lineage",
    "parent": "parent__code",
    "parent_name": "parent__name",
    "dwellings": "load__dwellings",
    "dwellings_origin": "load__dwellings_origin",
    "buildings": "load__buildings",
    "shops": "load__shops",
    "schools": "load__schools",
    "hospitals": "load__hospitals",
    "facilities": "load__facilities",
    "hazards": "load__hazards",
    "area_m2": "load__area_m2",
}


def geojson(plan: Plan, part: str, term: Term | None) -> bytes:
    """Return the leaf grids (`part` "grids") or the outline ("outline") as UTF-8 GeoJSON."""
    about = _about(plan, term)
    if part == "outline":
        rows = Plan.objects.filter(pk=plan.pk)
        return feature_collection(
            rows, geometry="outline", columns={"plan": "number"}, also={"plan": about}
        )
    return feature_collection(
        leaves(plan), geometry="boundary", columns=COLUMNS, identity="code", also={"plan": about}
    )


def geopackage(plan: Plan, part: str, term: Term | None) -> bytes:
    """Return a GeoPackage: `part` "grids" has a layer per level, leaves first, and the outline."""
    outline = _frame(pandas.DataFrame({"plan": [plan.number]}), [plan.outline])
    layers = {"outline": outline}
    if part == "grids":
        layers = {"grids": _grids(leaves(plan))}
        depths = sorted(set(plan.grids.values_list("level", flat=True)), reverse=True)[1:]
        layers |= {f"level_{d}": _grids(plan.grids.filter(level=d)) for d in depths}
        layers["outline"] = outline
    layers["about"] = geopandas.GeoDataFrame({k: [str(v)] for k, v in _about(plan, term).items()})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.gpkg"
        for name, frame in layers.items():
            _write(frame, path, name)
        return path.read_bytes()


def leaves(plan: Plan) -> QuerySet[Grid]:
    return plan.grids.leaves().order_by("code")


def _write(frame: geopandas.GeoDataFrame, path: Path, layer: str) -> None:
    pyogrio.write_dataframe(frame, path, layer=layer, driver="GPKG", append=path.exists())


def _grids(rows: QuerySet[Grid]) -> geopandas.GeoDataFrame:
    values: list[Any] = list(
        rows.order_by("code").values("boundary", **{k: F(v) for k, v in _renamed()})
    )
    shapes = [row.pop("boundary") for row in values]
    table = pandas.DataFrame(values).rename(columns=lambda name: name.removeprefix("as_"))
    table["lineage"] = table["lineage"].astype(str)
    return _frame(table[list(COLUMNS)], shapes)


def _renamed() -> list[tuple[str, str]]:
    """Annotations may not have the name of a field of the model, so all get a prefix."""
    return [(f"as_{column}", source) for column, source in COLUMNS.items()]


def _frame(table: pandas.DataFrame, shapes: list[MultiPolygon]) -> geopandas.GeoDataFrame:
    geometry = [to_shapely(shape) for shape in shapes]
    return geopandas.GeoDataFrame(table, geometry=geometry, crs="EPSG:4326")


def _about(plan: Plan, term: Term | None) -> dict[str, object]:
    area = plan.scheme.area
    began = term.during.lower if term else None
    return {
        "area": area.name,
        "scheme": plan.scheme.name,
        "number": plan.number,
        "in_force_from": began.isoformat() if began else None,
        "attribution": area.attribution,
        "fictional": area.fictional,
    }
