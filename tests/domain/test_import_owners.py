"""Who gets disputed land of a file is said per finding, and holds through every reading."""

from pathlib import Path

import geopandas
import pytest
from django.utils import timezone

from geogrid.territory.actions import plan_residual
from geogrid.territory.models import Scheme
from geogrid.territory.plan_files.drafts import write_draft
from geogrid.territory.plan_files.findings import Sort
from geogrid.territory.plan_files.proposal import Mending, propose_import
from tests.domain.test_import_plan import english, scheme, told  # noqa: F401
from tests.pictures import picture

pytestmark = pytest.mark.django_db
A, B, C, D = (f"110101001{code}" for code in ("001001", "001002", "002003", "002004"))


def mess(path: Path) -> Path:
    """a and b claim a cell both, c and d leave one to nobody."""
    shapes = picture("aabb\naabb\nccdd\nccdd") | {
        "a": picture("aaa.\naa..\n....\n....")["a"],
        "c": picture("....\n....\ncc..\nc...")["c"],
    }
    names = dict(zip("abcd", (A, B, C, D), strict=True))
    frame = geopandas.GeoDataFrame(
        {"code": [names[one] for one in shapes]}, geometry=list(shapes.values()), crs=4326
    )
    frame.to_file(path, COORDINATE_PRECISION=7)
    return path


def test_findings_have_keys_that_stay(tmp_path: Path, scheme: Scheme) -> None:  # noqa: F811
    path, at = mess(tmp_path / "a.geojson"), timezone.now()
    mending = Mending(gaps_up_to_m2=10)
    first = propose_import(path, scheme=scheme, at=at, mending=mending)
    by_sort = {one.sort: one for one in first.findings}
    assert set(by_sort) == {Sort.OVERLAP, Sort.MISSING}
    overlap, missing = by_sort[Sort.OVERLAP], by_sort[Sort.MISSING]
    assert set(overlap.options[:2]) == {A, B}
    assert "110101001001001" in overlap.sentence
    assert (missing.owner, missing.open) == (None, True)
    loser = next(code for code in (A, B) if code != overlap.owner)
    owners = {overlap.key: loser, missing.key: C}
    second = propose_import(path, scheme=scheme, at=at, mending=mending, owners=owners)
    assert {one.key: (one.owner, one.chosen) for one in second.findings} == {
        overlap.key: (loser, True), missing.key: (C, True),
    }  # fmt: skip
    assert second.repair is not None
    assert len(second.repair.unassigned) == 0
    plan = write_draft(proposal=second, by=None, at=at)
    assert plan_residual(plan) == 0
    assert plan.grids.leaves().count() == 4


def test_nobody_gets_it(tmp_path: Path, scheme: Scheme) -> None:  # noqa: F811
    path, at = mess(tmp_path / "a.geojson"), timezone.now()
    first = propose_import(path, scheme=scheme, at=at)
    overlap = next(one for one in first.findings if one.sort is Sort.OVERLAP)
    second = propose_import(path, scheme=scheme, at=at, owners={overlap.key: None, "gone": A})
    assert {one.kind for one in second.leaves} == {"basic", "unassigned"}
    assert plan_residual(write_draft(proposal=second, by=None, at=at)) == 0


def test_the_command_takes_owners(tmp_path: Path, scheme: Scheme) -> None:  # noqa: F811
    path = mess(tmp_path / "a.geojson")
    code, report = told(path, "--area", "lake")
    found = next(one for one in report["repair"]["findings"] if one["kind"] == "overlap")
    other = next(option for option in found["options"] if option != found["owner"])
    code, report = told(path, "--area", "lake", "--owner", f"{found['key']}={other}")
    assert code == 1
    again = next(o for o in report["repair"]["findings"] if o["key"] == found["key"])
    assert (again["owner"], again["chosen"]) == (other, True)
