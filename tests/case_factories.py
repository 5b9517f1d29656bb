"""Cases and pictures for tests, made the way the application makes them."""

import io
from datetime import UTC, datetime
from typing import Any

from django.contrib.gis.geos import Point
from PIL import Image

from geogrid.accounts.models import User
from geogrid.cases.actions import Reported, report
from geogrid.cases.models import Category
from geogrid.duty.models import Post, Worker
from geogrid.territory.models import Area, Grid
from layers.media.actions import keep_picture
from layers.media.models import Attachment

# A Monday, 09:12 in Beijing.
MORNING = datetime(2026, 11, 23, 1, 12, tzinfo=UTC)


def category(code: str = "lighting") -> Category:
    return Category.objects.get(code=code)


def inside(grid: Grid) -> Point:
    """A point well inside of a grid."""
    point: Point = grid.label_point
    return point


def leaf(area: Area, label: str = "01") -> Grid:
    grids = Grid.objects.filter(plan__scheme__area=area, label=label, level=2)
    return grids.order_by("-plan").select_related("parent", "plan__scheme").get()


def reported(area: Area, *, grid: str = "01", **fields: Any) -> Reported:
    """Return a report made at `MORNING` in the grid with this label."""
    asked: dict[str, Any] = {
        "area": area,
        "category": category(),
        "text": "台阶旁那盏灯坏了三天，晚上看不清。邻居差点摔倒。",
        "where": fields.pop("where", None) or inside(leaf(area, grid)),
        "address": "邮驿街 9 号门前",
        "by": None,
        "at": MORNING,
    }
    return report(**{**asked, **fields})


def holder(grid: Grid, *, role: str = "worker") -> Worker:
    post = Post.objects.get(lineage=grid.lineage, role__code=role, worker__isnull=False)
    worker: Worker = post.worker
    return worker


def log_in_of(worker: Worker, username: str = "handler") -> User:
    """Give a worker an account and return it."""
    user, _ = User.objects.get_or_create(username=username)
    worker.user = user
    worker.save(update_fields=["user"])
    return user


def photo_bytes(size: tuple[int, int] = (64, 48), kind: str = "JPEG", **options: Any) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, (40, 60, 80)).save(target, kind, **options)
    return target.getvalue()


def picture(at: datetime = MORNING) -> Attachment:
    return keep_picture(upload=io.BytesIO(photo_bytes()), at=at)
