"""How QGIS draws a layer of grids: upper levels as thick outlines, leaves with their number."""

from __future__ import annotations

__all__ = ["GRID_STYLE", "STYLE_TABLE"]

# As QGIS itself creates it when a style is saved into a GeoPackage.
STYLE_TABLE = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
    f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
    update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))
)
"""


def _rule(key: str, label: str, test: str) -> str:
    return f'<rule key="{{{key}}}" symbol="{key}" label="{label}" filter="{test}"/>'


def _symbol(name: str, fill: str, line: str, width: float, style: str = "solid") -> str:
    options = {
        "color": fill,
        "outline_color": line,
        "outline_width": str(width),
        "outline_width_unit": "MM",
        "outline_style": "solid",
        "style": style,
        "joinstyle": "round",
    }
    told = "".join(f'<Option type="QString" name="{k}" value="{v}"/>' for k, v in options.items())
    return (
        f'<symbol type="fill" name="{name}" alpha="1" clip_to_extent="1" force_rhr="0">'
        f'<layer class="SimpleFill" enabled="1" locked="0" pass="0"><Option type="Map">{told}'
        "</Option></layer></symbol>"
    )


GRID_STYLE = (
    "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
    '<qgis version="3.22.0" styleCategories="Symbology|Labeling" labelsEnabled="1">'
    '<renderer-v2 type="RuleRenderer" symbollevels="1" forceraster="0" enableorderby="0">'
    '<rules key="{grids}">'
    + _rule("unassigned", "unassigned / 待划分", "&quot;kind&quot; = 'unassigned'")
    + _rule("dedicated", "dedicated / 专属网格", "&quot;kind&quot; = 'dedicated'")
    + _rule("leaf", "grid / 网格", "&quot;leaf&quot; = 1 AND &quot;kind&quot; = 'basic'")
    + _rule("upper", "level above / 上级", "&quot;leaf&quot; = 0")
    + "</rules><symbols>"
    + _symbol("unassigned", "200,200,200,160", "90,90,90,255", 0.3, "b_diagonal")
    + _symbol("dedicated", "236,178,94,110", "140,90,20,255", 0.3)
    + _symbol("leaf", "86,148,201,60", "30,84,136,255", 0.3)
    + _symbol("upper", "0,0,0,0", "16,42,67,255", 0.9, "no")
    + "</symbols></renderer-v2>"
    '<labeling type="rule-based"><rules key="{labels}">'
    '<rule key="{number}" filter="&quot;leaf&quot; = 1"><settings calloutType="simple">'
    '<text-style fieldName="label" isExpression="0" fontSize="9" fontSizeUnit="Point"'
    ' textColor="16,42,67,255" fontFamily="Noto Sans CJK SC"><text-buffer bufferDraw="1"'
    ' bufferSize="0.8" bufferSizeUnits="MM" bufferColor="255,255,255,220"/></text-style>'
    '<placement placement="1" polygonPlacementFlags="2" fitInPolygonOnly="0"/>'
    '<rendering obstacle="1" displayAll="0"/></settings></rule></rules></labeling>'
    "<blendMode>0</blendMode><featureBlendMode>0</featureBlendMode><layerGeometryType>2"
    "</layerGeometryType></qgis>"
)
