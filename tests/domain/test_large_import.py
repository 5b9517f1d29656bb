"""A city of 20,000 grids is imported, proved and published within a minute."""

import time
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from geogrid.coverage.files import write_polygons
from geogrid.duty.models import Post, PostRole
from geogrid.publishing.actions import put_in_force
from geogrid.territory import actions
from geogrid.territory.actions import set_boundary
from geogrid.territory.plan_files.drafts import write_draft
from geogrid.territory.plan_files.proposal import propose_import
from tests.factories import FOUNDED, SchemeFactory
from tests.tilings import tiling

pytestmark = [pytest.mark.django_db, pytest.mark.long]

GRIDS, COMMUNITIES, LIMIT_S = 20_000, 200, 60


def city(path: Path, count: int) -> shapely.Geometry:
    """Write a city into a GeoPackage and return its outline."""
    town = tiling(count, corner=(114.0, 30.0))
    centres = shapely.get_coordinates(shapely.centroid(town.faces))
    side = round(COMMUNITIES**0.5)
    cell = np.floor((centres - centres.min(axis=0)) / np.ptp(centres, axis=0) * (side - 1e-6))
    community = (cell[:, 0] * side + cell[:, 1]).astype(int)
    serial = np.zeros(len(community), dtype=int)
    for one in np.unique(community):
        serial[community == one] = np.arange(1, (community == one).sum() + 1)
    codes = [f"110101001{c + 1:03d}{n:03d}" for c, n in zip(community, serial, strict=True)]
    names = [f"第{c + 1}社区第{n}网格" for c, n in zip(community, serial, strict=True)]
    write_polygons(path, town.faces, {"code": codes, "name": names}, crs="EPSG:4547")
    return town.outline


def test_a_city_is_imported_proved_and_published(tmp_path: Path) -> None:
    path = tmp_path / "city.gpkg"
    outline = city(path, GRIDS)
    scheme = SchemeFactory()
    set_boundary(
        area=scheme.area, outline=outline, valid_from=FOUNDED.date(), basis="survey", by=None
    )
    now, laps = timezone.now(), [("start", time.monotonic())]
    proposal = propose_import(path, scheme=scheme, at=now)
    laps.append(("read and prove", time.monotonic()))
    plan = write_draft(proposal=proposal, by=None, at=now)
    laps.append(("write and prove", time.monotonic()))
    actions.propose(plan=plan, by=None, at=now)
    actions.approve(plan=plan, by=None, at=now)
    laps.append(("propose and approve", time.monotonic()))
    _nobody_yet(plan)
    laps.append(("", time.monotonic()))
    term = put_in_force(plan=plan, by=None, at=now + timedelta(seconds=1))
    laps.append(("put in force", time.monotonic()))
    told = {
        name: after - before for (name, after), (_, before) in zip(laps[1:], laps, strict=False)
    }
    told.pop("")
    print({name: round(seconds, 1) for name, seconds in told.items()})  # noqa: T201
    assert term.receipt["grids"] == len(proposal.leaves)
    assert proposal.exact
    assert sum(told.values()) < LIMIT_S, told


def _nobody_yet(plan: object) -> None:
    role = PostRole.objects.get(code="worker")
    during = DateTimeTZRange(FOUNDED, None)
    lineages = plan.grids.leaves().values_list("lineage", flat=True)  # type: ignore[attr-defined]
    Post.objects.bulk_create(
        Post(
            scheme=plan.scheme,  # type: ignore[attr-defined]
            lineage=lineage, role=role, during=during, vacancy_reason="to be hired",
        )
        for lineage in lineages
    )  # fmt: skip
