"""Local coordinates find their place through control points, and say how well."""

from pathlib import Path

import numpy as np
import pytest
from pyproj import CRS

from layers.datum.control_points import Degenerate, fit
from layers.datum.metric import distance_m
from layers.intake.control_point_files import read_control_points
from layers.intake.errors import Unusable

PLACES = np.array([[114.0, 30.0], [114.02, 30.001], [114.021, 30.015], [113.999, 30.016]])


def local(places: np.ndarray = PLACES, *, unit: float = 1.0) -> np.ndarray:
    """The places in a town's own system: turned by 12 degrees, its origin far away."""
    from pyproj import Transformer

    from layers.datum.metric import local_crs

    there = Transformer.from_crs(4326, local_crs(*places.mean(axis=0)), always_xy=True)
    z = np.column_stack(there.transform(places[:, 0], places[:, 1])) @ (1, 1j)
    turned = z * np.exp(-1j * np.radians(12)) / unit + complex(20_000, 10_000)
    return np.column_stack([turned.real, turned.imag])


def test_a_turned_system_in_feet_is_found_again() -> None:
    found = fit(local(unit=0.3048), PLACES)
    assert found.scale == pytest.approx(0.3048)
    assert found.turned == pytest.approx(12)
    assert found.residuals_m.max() < 1e-6
    assert not found.suspect
    assert distance_m(found.to_degrees(local(unit=0.3048)), PLACES).max() < 1e-3


def test_two_points_fix_a_similarity_and_leave_nothing_to_check() -> None:
    found = fit(local()[:2], PLACES[:2])
    assert found.spare == 0
    assert not found.suspect


def test_a_mistyped_point_is_the_worst() -> None:
    wrong = local()
    wrong[2, 0] += 25
    found = fit(wrong, PLACES)
    assert (found.worst, found.suspect, found.spare) == (2, True, 4)
    assert 5 < found.residuals_m[2] < 25


def test_an_affine_fit_bears_a_stretched_print() -> None:
    stretched = local() * (1.01, 0.99)
    assert fit(stretched, PLACES).residuals_m.max() > 5
    found = fit(stretched, PLACES, kind="affine")
    assert found.residuals_m.max() < 1e-6
    assert found.spare == 2


def test_a_zone_may_be_fitted_in() -> None:
    found = fit(local(), PLACES, crs=CRS.from_epsg(4547))
    assert found.residuals_m.max() < 0.01
    assert found.crs.to_epsg() == 4547


@pytest.mark.parametrize(
    ("points", "places", "kind", "told", "named"),
    [
        ([[0, 0]], PLACES[:1], "similarity", "needs 2 points", ()),
        ([[0, 0], [0, 0]], PLACES[:2], "similarity", "points 1 and 2 have the same local", (0, 1)),
        ([[0, 0], [5, 5], [9, 0]], PLACES[[0, 1, 0]], "similarity", "same places", (0, 2)),
        ([[0, 0], [5, 5], [9, 9]], PLACES[:3], "affine", "one line", ()),
        ([[0, 0], [5, np.nan]], PLACES[:2], "similarity", "finite", ()),
        ([[0, 0], [5, 5]], PLACES[:3], "similarity", "3 places", ()),
    ],
)
def test_points_that_fix_nothing(
    points: list, places: np.ndarray, kind: str, told: str, named: tuple
) -> None:
    with pytest.raises(Degenerate, match=told) as refusal:
        fit(points, places, kind=kind)  # type: ignore[arg-type]
    assert refusal.value.points == named


def written(path: Path, header: str, rows: np.ndarray, encoding: str = "utf-8") -> Path:
    lines = [header, *(",".join(map(repr, map(float, row))) for row in rows)]
    path.write_bytes("\n".join(lines).encode(encoding))
    return path


def test_a_table_with_chinese_headers_in_gb18030(tmp_path: Path) -> None:
    rows = np.column_stack([local(), PLACES])
    path = written(tmp_path / "p.csv", "本地X,本地Y,经度,纬度", rows, "gb18030")
    found, names = read_control_points(path)
    assert found.residuals_m.max() < 1e-6
    assert names == ["#1", "#2", "#3", "#4"]


def test_projected_control_points_need_their_system(tmp_path: Path) -> None:
    from pyproj import Transformer

    there = Transformer.from_crs(4326, 4547, always_xy=True)
    metres = np.column_stack(there.transform(PLACES[:, 0], PLACES[:, 1]))
    path = written(tmp_path / "p.csv", "local_x,local_y,x,y", np.column_stack([local(), metres]))
    with pytest.raises(Unusable, match="need --crs"):
        read_control_points(path)
    found, _ = read_control_points(path, crs="EPSG:4547")
    assert found.residuals_m.max() < 0.01


def test_a_cell_that_is_no_number_is_named(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("local_x,local_y,lon,lat\n1,2,114,30\n3,west,114.1,30\n")
    with pytest.raises(Unusable, match="line 3: local_y is 'west'"):
        read_control_points(path)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("a,b,lon,lat\n1,2,114,30\n")
    with pytest.raises(Unusable, match="needs the columns local_x"):
        read_control_points(path)


def test_points_that_coincide_are_called_by_name(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("name,local_x,local_y,lon,lat\nA1,1,2,114,30\nA2,1,2,114.1,30\n")
    with pytest.raises(Unusable, match="A1 and A2"):
        read_control_points(path)
