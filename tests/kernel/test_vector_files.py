"""Files as offices send them: what is read, what is asked for, what is named as suspicious."""

import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from layers.datum.control_points import fit
from layers.datum.shifted import gcj02_to_wgs84, wgs84_to_bd09, wgs84_to_gcj02
from layers.intake.archives import unpack
from layers.intake.encodings import decide
from layers.intake.errors import (
    ArchiveRefused,
    CrsUnknown,
    LayerAmbiguous,
    NotDegrees,
    Unusable,
)
from layers.intake.vector_files import Told, read_vector
from tests.pictures import picture
from tests.tilings import tiling

GRIDS = picture("""
    aab
    acb
    """)
NAMES = ["古城社区第一网格", "柳岸村委会", "桥头"]
TOWN = tiling(64, corner=(114.0, 30.5))
Move = Callable[[np.ndarray], np.ndarray]


def frame(crs: int = 4326) -> geopandas.GeoDataFrame:
    columns = {"网格编码": ["001", "002", "003"], "网格名称": NAMES}
    return geopandas.GeoDataFrame(columns, geometry=list(GRIDS.values()), crs=4326).to_crs(crs)


def shapefile(folder: Path, encoding: str, *, cpg: str | None = None, crs: int = 4326) -> Path:
    path = folder / "grids.shp"
    frame(crs).to_file(path, encoding=encoding)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
    return path


# ----- encodings


@pytest.mark.parametrize("encoding", ["GB18030", "GBK"])
def test_chinese_without_a_cpg_is_read_by_evidence(tmp_path: Path, encoding: str) -> None:
    file = read_vector(shapefile(tmp_path, encoding))
    assert file.columns["网格名称"] == NAMES
    assert file.encoding is not None
    assert file.encoding.name == "gb18030"
    assert NAMES[0] in file.encoding.samples
    assert "bytes" in file.encoding.because


def utf8_shapefile(folder: Path) -> Path:
    """As other programs write it: names of fields cut in the middle of a letter."""
    path = folder / "grids.shp"
    frame().rename(columns={"网格编码": "a", "网格名称": "b"}).to_file(path, encoding="UTF-8")
    path.with_suffix(".cpg").unlink(missing_ok=True)
    data = bytearray(path.with_suffix(".dbf").read_bytes())
    for at, name in ((32, "网格编码"), (64, "网格名称")):
        data[at : at + 11] = name.encode()[:10].ljust(11, b"\0")
    path.with_suffix(".dbf").write_bytes(data)
    return path


def test_utf8_with_cut_names_is_read(tmp_path: Path) -> None:
    file = read_vector(utf8_shapefile(tmp_path))
    assert file.columns == {"网格编": ["001", "002", "003"], "网格名": NAMES}


def test_a_cpg_counts(tmp_path: Path) -> None:
    file = read_vector(shapefile(tmp_path, "GB18030", cpg="936"))
    assert file.columns["网格名称"] == NAMES
    assert file.encoding is not None
    assert (file.encoding.because, file.encoding.doubt) == ("its .cpg says 936", "")


def test_a_cpg_that_lies_is_doubted_and_overruled_by_a_person(tmp_path: Path) -> None:
    path = shapefile(tmp_path, "GB18030", cpg="UTF-8")
    file = read_vector(path)
    assert file.encoding is not None
    assert "gb18030 reads" in file.encoding.doubt
    again = read_vector(path, Told(encoding="GBK"))
    assert again.columns["网格名称"] == NAMES


def test_a_value_cut_in_a_letter_loses_only_that_letter() -> None:
    cut = ["古城社区".encode()[:-1], "柳岸".encode()]
    found = decide(cut)
    assert found.name == "utf-8"
    assert found.samples == ("古城社", "柳岸")


def test_ascii_says_nothing_and_that_is_fine() -> None:
    assert decide([b"001", b"A"]).doubt == ""


def test_bytes_of_no_chinese_encoding_are_doubted() -> None:
    found = decide([b"Gr\xfcn", b"Stra\xdf"])
    assert found.name == "cp1252"
    assert found.samples == ("Grün", "Straß")
    assert found.doubt


def test_geojson_in_gb18030_is_read_with_a_note(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    frame().to_file(path)
    path.write_bytes(path.read_text("utf-8").encode("gb18030"))
    file = read_vector(path)
    assert file.columns["网格名称"] == NAMES
    assert "gb18030" in file.notes[0]


# ----- archives


def zipped(path: Path, *members: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for member in members:
            archive.write(member, f"网格/{member.name}")
    return path


def test_a_zipped_shapefile(tmp_path: Path) -> None:
    shapefile(tmp_path, "GB18030")
    path = zipped(tmp_path / "a.zip", *tmp_path.glob("grids.*"))
    assert read_vector(path).columns["网格名称"] == NAMES


def test_names_of_members_in_gb18030(tmp_path: Path) -> None:
    path = tmp_path / "old.zip"
    info = zipfile.ZipInfo("x")
    info.filename = "网格/甲.geojson".encode("gb18030").decode("cp437")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, "{}")
    raw = path.read_bytes().replace(info.filename.encode(), "网格/甲.geojson".encode("gb18030"))
    path.write_bytes(_unmarked(raw))
    (file,) = unpack(path, tmp_path / "out")
    assert file == tmp_path / "out" / "网格" / "甲.geojson"


def _unmarked(raw: bytes) -> bytes:
    """The zip as old Windows wrote it: short names, no mark of UTF-8."""
    name = "网格/甲.geojson".encode("gb18030")
    data = bytearray(raw)
    for magic, flags, length in ((b"PK\3\4", 6, 26), (b"PK\1\2", 8, 28)):
        at = data.index(magic)
        struct.pack_into("<H", data, at + flags, 0)
        struct.pack_into("<H", data, at + length, len(name))
    end = data.index(b"PK\5\6")
    central = data.index(b"PK\1\2")
    struct.pack_into("<II", data, end + 12, end - central, central)
    return bytes(data)


@pytest.mark.parametrize("name", ["../a.geojson", "/etc/a.geojson", "C:\\a.geojson", "a/../../b"])
def test_a_member_that_leaves_its_folder_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, "{}")
    with pytest.raises(ArchiveRefused, match="leave its folder"):
        read_vector(path)


@pytest.mark.parametrize("last", ["../out.geojson", "b.geojson"])
def test_a_refused_zip_leaves_nothing_behind(tmp_path: Path, last: str) -> None:
    path, folder = tmp_path / "a.zip", tmp_path / "out"
    folder.mkdir()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("网格/a.geojson", "{}")
        archive.writestr(last, b"0" * 5000)
    with pytest.raises(ArchiveRefused) as refusal:
        unpack(path, folder, largest=4000)
    assert list(folder.rglob("*")) == []
    assert "leave its folder" in str(refusal.value) or "4000 bytes in all" in str(refusal.value)


def test_a_zip_bomb_is_stopped_while_unpacking(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.geojson", b"0" * 5_000_000)
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(ArchiveRefused, match="unpacks to more"):
        unpack(path, folder, largest=1_000_000)
    assert not list(folder.iterdir())


def test_several_data_sets_need_a_choice(tmp_path: Path) -> None:
    for name in ("grids", "communities"):
        frame().to_file(tmp_path / f"{name}.geojson")
    path = zipped(tmp_path / "a.zip", *tmp_path.glob("*.geojson"))
    with pytest.raises(LayerAmbiguous, match="Choose one with --layer"):
        read_vector(path)
    assert read_vector(path, Told(layer="grids")).layer == "grids"


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.zip", b"PK\3\4 broken", "damaged zip"),
        ("a.rar", b"Rar!\x1a\7\0", "RAR archive"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c", "7z archive"),
        ("a.dwg", b"AC1032\0\0", "Save it as DXF 2010"),
        ("a.dxf", b"AutoCAD Binary DXF\r\n", "binary DXF"),
        ("a.geojson", b"", "is empty"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": []}', "no features"),
        ("a.txt", b"hello", "is not a GeoJSON"),
        ("a.shp", b"\0\0\x27\x0a", "cannot be read"),
        ("a.dbf", b"\3", "part of a Shapefile"),
        ("a.json", b'{"type": "gdal_streamed_alg", "command_line": "gdal"}', "is not a GeoJSON"),
        ("a.geojson", b"<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>", "is not a GeoJSON"),
        ("a.dxf", b"<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>", "is not a GeoJSON"),
        ("b.shp", b"<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>", "no Shapefile"),
        ("a.gpkg", b"SQLite format 3\0" + b"\0" * 100, "is not a GeoJSON"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, name: str, data: bytes, told: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(Unusable, match=told) as refusal:
        read_vector(path)
    assert str(path) in str(refusal.value)


def test_a_shapefile_whose_table_is_of_another_version(tmp_path: Path) -> None:
    path = shapefile(tmp_path, "GB18030")
    other = tmp_path / "other"
    other.mkdir()
    frame().iloc[:2].to_file(other / "grids.shp", encoding="GB18030")
    path.with_suffix(".dbf").write_bytes((other / "grids.dbf").read_bytes())
    with pytest.raises(Unusable, match="2 records, its .shp 3 shapes"):
        read_vector(path)


def test_a_table_cut_off_is_named(tmp_path: Path) -> None:
    path = shapefile(tmp_path, "GB18030")
    data = path.with_suffix(".dbf").read_bytes()
    path.with_suffix(".dbf").write_bytes(data[:-100])
    with pytest.raises(Unusable, match="cut off"):
        read_vector(path)


# ----- the other formats


def test_a_file_geodatabase_in_a_zip(tmp_path: Path) -> None:
    folder = tmp_path / "plan.gdb"
    whole = frame(4547)
    whole.geometry = [shapely.MultiPolygon([shape]) for shape in whole.geometry]
    whole.to_file(folder, driver="OpenFileGDB", layer="grids")
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for member in folder.rglob("*"):
            archive.write(member, member.relative_to(tmp_path))
    for given in (folder, path):
        file = read_vector(given)
        assert (file.kind, file.layer) == ("File Geodatabase", "grids")
        assert file.columns["网格名称"] == NAMES
        assert "CGCS2000" in file.projected


KML = """<?xml version="1.0" encoding="{encoding}"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>网格</name>
<Placemark><name>古城</name><MultiGeometry><Point><coordinates>114,30</coordinates></Point>
<Polygon><outerBoundaryIs><LinearRing><coordinates>114,30 114.1,30 114.1,30.1 114,30
</coordinates></LinearRing></outerBoundaryIs></Polygon></MultiGeometry></Placemark>
</Folder></Document></kml>"""


def test_a_hand_drawn_kml(tmp_path: Path) -> None:
    (tmp_path / "a.kml").write_text(KML.format(encoding="UTF-8"), "utf-8")
    file = read_vector(tmp_path / "a.kml")
    assert (file.kind, file.columns["Name"]) == ("KML", ["古城"])
    assert shapely.get_num_geometries(file.shapes[0]) == 1
    assert "only those were read" in file.notes[0]


def dxf(*entities: list[str], version: str = "AC1015", page: str = "ANSI_936") -> str:
    head = ["0", "SECTION", "2", "HEADER", "9", "$ACADVER", "1", version]
    head += ["9", "$DWGCODEPAGE", "3", page, "0", "ENDSEC", "0", "SECTION", "2", "ENTITIES"]
    body = [word for entity in entities for word in entity]
    return "\n".join([*head, *body, "0", "ENDSEC", "0", "EOF", ""])


def line(layer: str, *points: tuple[float, float], closed: bool = True) -> list[str]:
    written = ["0", "LWPOLYLINE", "8", layer, "90", str(len(points)), "70", str(int(closed))]
    return written + [text for x, y in points for text in ("10", repr(x), "20", repr(y))]


def label(layer: str, x: float, y: float, text: str) -> list[str]:
    return ["0", "TEXT", "8", layer, "10", repr(x), "20", repr(y), "40", "2.5", "1", text]


WEST = ((0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0))
EAST = ((100.0, 0.0), (200.0, 0.0), (200.0, 100.0), (100.0, 100.0))
DRAWING = (
    line("网格", *WEST),
    line("网格", *WEST),
    line("网格", *EAST),
    line("网格", (0.0, 0.0), (50.0, 0.5), closed=False),
    line("道路", (0.0, 0.0), (5.0, 5.0), closed=False),
    label("注记", 50, 50, "古城第一网格"),
    label("注记", 50, 60, "001"),
    label("注记", 150, 50, "柳岸"),
)
CONTROL = fit([[0, 0], [200, 0], [0, 100]], [[114, 30], [114.00207, 30], [114, 30.0009]])


@pytest.mark.parametrize(
    ("version", "page", "encoding"),
    [
        ("AC1015", "ANSI_936", "gb18030"),
        ("AC1024", "ANSI_936", "utf-8"),
        ("AC1015", "ANSI_936", "utf-8"),
    ],
)
def test_a_drawing_is_read_by_layer_with_its_texts(
    tmp_path: Path, version: str, page: str, encoding: str
) -> None:
    path = tmp_path / "a.dxf"
    path.write_bytes(dxf(*DRAWING, version=version, page=page).encode(encoding))
    file = read_vector(path, Told(control=CONTROL))
    assert (file.kind, file.layer, len(file.shapes)) == ("DXF", "网格", 2)
    assert file.columns["code"] == ["001", None]
    assert file.columns["name"] == ["古城第一网格", "柳岸"]
    assert any("not closed" in note for note in file.notes)
    assert any("drawn twice" in note for note in file.notes)
    assert file.shapes[0].bounds[0] == pytest.approx(114.0, abs=1e-5)


def test_a_drawing_needs_a_system_or_control_points(tmp_path: Path) -> None:
    path = tmp_path / "a.dxf"
    path.write_bytes(dxf(*DRAWING).encode("gb18030"))
    with pytest.raises(CrsUnknown, match="--control-points"):
        read_vector(path, reference=TOWN.outline)


def test_layers_of_a_drawing_need_a_choice(tmp_path: Path) -> None:
    path = tmp_path / "a.dxf"
    path.write_bytes(dxf(*DRAWING, line("社区", *WEST)).encode("gb18030"))
    with pytest.raises(LayerAmbiguous, match="网格, 社区"):
        read_vector(path, Told(crs="EPSG:4547"))
    with pytest.raises(LayerAmbiguous, match="no layer 道路 with closed lines"):
        read_vector(path, Told(layer="道路", crs="EPSG:4547"))


def test_a_drawing_without_closed_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.dxf"
    path.write_bytes(dxf(line("a", (0.0, 0.0), (1.0, 1.0), closed=False)).encode())
    with pytest.raises(Unusable, match="Close the borders"):
        read_vector(path, Told(crs="EPSG:4547"))


# ----- where things lie


def town_file(path: Path, move: Move | None = None, crs: int | None = 4326) -> Path:
    shapes = TOWN.faces if move is None else shapely.transform(TOWN.faces, move)
    geopandas.GeoDataFrame(geometry=list(shapes), crs=crs).to_file(path)
    return path


def projected(epsg: int, scale: float = 1.0, *, swap: bool = False) -> Move:
    from pyproj import Transformer

    there = Transformer.from_crs(4326, epsg, always_xy=True)

    def move(xy: np.ndarray) -> np.ndarray:
        moved = np.column_stack(there.transform(xy[:, 0], xy[:, 1])) * scale
        return moved[:, ::-1] if swap else moved

    return move


def suspicion(path: Path, told: Told | None = None) -> tuple[str, str]:
    (found,) = read_vector(path, told, reference=TOWN.outline).suspicions
    return found.code, str(found)


def test_an_honest_file_raises_no_suspicion(tmp_path: Path) -> None:
    for name, crs in (("a.gpkg", 4326), ("b.gpkg", 4547)):
        path = tmp_path / name
        geopandas.GeoDataFrame(geometry=list(TOWN.faces), crs=4326).to_crs(crs).to_file(path)
        assert read_vector(path, reference=TOWN.outline).suspicions == ()


@pytest.mark.parametrize(
    ("code", "move", "remedy"),
    [
        ("gcj02", wgs84_to_gcj02, "--unshift GCJ-02"),
        ("bd09", wgs84_to_bd09, "--unshift BD-09"),
        ("gcj02_undone", gcj02_to_wgs84, "before that conversion"),
    ],
)
def test_shifts_of_web_maps_are_named(tmp_path: Path, code: str, move: Move, remedy: str) -> None:
    found, sentence = suspicion(town_file(tmp_path / "a.gpkg", move))
    assert found == code
    assert remedy in sentence


def test_a_shift_is_undone_when_a_person_says_so(tmp_path: Path) -> None:
    path = town_file(tmp_path / "a.gpkg", wgs84_to_gcj02)
    file = read_vector(path, Told(crs="GCJ-02"), reference=TOWN.outline)
    assert file.suspicions == ()
    away = shapely.get_coordinates(file.shapes) - shapely.get_coordinates(TOWN.faces)
    assert np.abs(away).max() < 1e-8


def test_a_shift_saved_in_a_zone_since_is_named_and_undone(tmp_path: Path) -> None:
    there = projected(4547)
    path = town_file(tmp_path / "a.gpkg", lambda xy: there(wgs84_to_gcj02(xy)), crs=4547)
    assert suspicion(path)[0] == "gcj02"
    file = read_vector(path, Told(unshift="GCJ-02"), reference=TOWN.outline)
    assert file.suspicions == ()
    away = shapely.get_coordinates(file.shapes) - shapely.get_coordinates(TOWN.faces)
    assert np.abs(away).max() < 1e-8


def test_the_shift_of_a_messy_half_is_named_too(tmp_path: Path) -> None:
    def messy(xy: np.ndarray) -> np.ndarray:
        return wgs84_to_gcj02(xy) + 2e-5 * np.sin(xy * 3e3)  # 2 m to and fro

    half = [face for face in TOWN.faces if face.centroid.x < 114.004]
    path = tmp_path / "a.gpkg"
    moved = shapely.transform(np.array(half), messy)
    geopandas.GeoDataFrame(geometry=list(moved), crs=4326).to_file(path)
    assert suspicion(path)[0] == "gcj02"


def test_a_plan_that_is_merely_rough_is_not_called_shifted(tmp_path: Path) -> None:
    path = town_file(tmp_path / "a.gpkg", lambda xy: np.add(xy, (0.0003, 0.0002)))
    assert read_vector(path, reference=TOWN.outline).suspicions == ()


def test_exchanged_axes_are_named_and_exchanged_when_told(tmp_path: Path) -> None:
    path = town_file(tmp_path / "a.gpkg", lambda xy: xy[:, ::-1])
    with pytest.raises(NotDegrees, match="--swap-axes"):
        read_vector(path, reference=TOWN.outline)
    told = Told(swap_axes=True)
    assert read_vector(path, told, reference=TOWN.outline).suspicions == ()


def test_exchanged_axes_in_metres(tmp_path: Path) -> None:
    path = town_file(tmp_path / "a.gpkg", projected(4547, swap=True), crs=4547)
    code, sentence = suspicion(path)
    assert code == "swapped"
    assert "--crs EPSG:4547 --swap-axes" in sentence


def test_metres_declared_as_degrees(tmp_path: Path) -> None:
    path = town_file(tmp_path / "a.gpkg", projected(4547))
    with pytest.raises(NotDegrees, match=r"metres or feet.*--crs EPSG:4547 "):
        read_vector(path, reference=TOWN.outline)
    told = Told(crs="EPSG:4547")
    file = read_vector(path, told, reference=TOWN.outline)
    assert file.suspicions == ()
    assert "as told" in file.notes[0]


def test_feet_are_recognised(tmp_path: Path) -> None:
    path = town_file(tmp_path / "a.gpkg", projected(4547, 1 / 0.3048))
    with pytest.raises(NotDegrees, match=r"--crs EPSG:4547 --scale 0\.3048"):
        read_vector(path, reference=TOWN.outline)
    path = town_file(tmp_path / "b.gpkg", projected(4547, 1 / 0.3048), crs=4547)
    assert suspicion(path)[0] == "feet"
    told = Told(crs="EPSG:4547", scale=0.3048)
    assert read_vector(path, told, reference=TOWN.outline).suspicions == ()


def test_the_wrong_zone_is_named_with_the_right_one(tmp_path: Path) -> None:
    path = town_file(tmp_path / "a.gpkg", projected(4547), crs=4549)
    code, sentence = suspicion(path)
    assert code == "other_crs"
    assert "--crs EPSG:4547" in sentence


def test_another_town_is_far_away(tmp_path: Path) -> None:
    path = town_file(tmp_path / "a.gpkg", lambda xy: np.add(xy, (3, 4)))
    code, sentence = suspicion(path)
    assert code == "far_away"
    assert "km from the area" in sentence


def test_an_undeclared_system_is_asked_for_with_candidates(tmp_path: Path) -> None:
    path = town_file(tmp_path / "a.shp", projected(4526), crs=None)
    with pytest.raises(CrsUnknown, match=r"Name it with --crs.*--crs EPSG:4526 "):
        read_vector(path, reference=TOWN.outline)


def test_geojson_with_the_old_crs_member(tmp_path: Path) -> None:
    path = town_file(tmp_path / "a.geojson", projected(4547), crs=4547)
    assert "crs" in json.loads(path.read_text())
    file = read_vector(path, reference=TOWN.outline)
    assert file.suspicions == ()
    assert "CGCS2000" in file.projected


def test_an_unknown_system_says_how_to_write_one(tmp_path: Path) -> None:
    path = town_file(tmp_path / "a.gpkg")
    with pytest.raises(CrsUnknown, match="EPSG:4549"):
        read_vector(path, Told(crs="Beijing"))
