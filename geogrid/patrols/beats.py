"""The ground a worker answers for at a moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.gis.db.models import Union
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db.models import OuterRef, Subquery

from geogrid.duty.models import Post, Worker
from geogrid.territory.models import Area, Grid, Scheme
from layers.places.models import HazardPoint
from layers.places.querysets import PlaceQuerySet

__all__ = ["Beat", "beat_of"]


@dataclass(frozen=True, slots=True)
class Beat:
    """Leaf grids of one scheme that a worker answers for, by post there or above.

    `boundary` is None when there are none; `grids` come by code.
    """

    worker: Worker
    scheme: Scheme
    at: datetime
    grids: tuple[Grid, ...]
    boundary: Polygon | MultiPolygon | None

    @property
    def area(self) -> Area:
        return self.scheme.area

    @property
    def today(self) -> date:
        return self.at.astimezone(ZoneInfo(self.area.timezone)).date()

    @property
    def lineages(self) -> set[UUID]:
        return {grid.lineage for grid in self.grids}

    def hazards(self) -> PlaceQuerySet:
        """Hazard points in use whose grid is one of these, each with its `grid_id`.

        On a border the lowest code decides, also when that grid is somebody else's: a place has
        one grid. The boundary goes first because it can use the index.
        """
        if self.boundary is None:
            return HazardPoint.objects.none()
        own_grid = (
            Grid.objects.in_force(self.scheme, self.at)
            .leaves()
            .filter(boundary__covers=OuterRef("anchor"))
            .order_by("code")
            .values("pk")[:1]
        )
        return (
            HazardPoint.objects.within(self.boundary)
            .filter(active=True)
            .select_related("hazard_class")
            .annotate(grid_id=Subquery(own_grid))
            .filter(grid_id__in=[grid.pk for grid in self.grids])
        )


def beat_of(worker: Worker, at: datetime) -> Beat | None:
    """Return the ground of `worker` at `at` in the scheme of the first post; None without a post.

    A post at a higher level (a chief's) covers all leaves below it.
    """
    posts = list(
        Post.objects.at(at)
        .filter(worker=worker)
        .select_related("scheme__area")
        .order_by("-scheme__general", "scheme", "role__rank", "pk")
    )
    if not posts:
        return None
    scheme = posts[0].scheme
    held = {post.lineage for post in posts if post.scheme_id == scheme.pk}
    grids = _leaves_below(scheme, held, at)
    merged = Grid.objects.filter(pk__in=[grid.pk for grid in grids]).aggregate(
        shape=Union("boundary")
    )
    return Beat(worker=worker, scheme=scheme, at=at, grids=grids, boundary=merged["shape"])


def _leaves_below(scheme: Scheme, lineages: Iterable[UUID], at: datetime) -> tuple[Grid, ...]:
    held = set(lineages)
    rows = Grid.objects.in_force(scheme, at).defer("boundary").order_by("level", "code")
    inside: dict[int, Grid] = {}
    parents: set[int] = set()
    for grid in rows:
        if grid.lineage in held or grid.parent_id in inside:
            inside[grid.pk] = grid
        if grid.parent_id is not None:
            parents.add(grid.parent_id)
    return tuple(sorted((g for g in inside.values() if g.pk not in parents), key=lambda g: g.code))
