"""The invented people of a demo town: workers, posts, what is shown of them, accounts."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import transaction

from geogrid.accounts.models import User
from geogrid.desks.demo.loading.towns import DemoTown
from geogrid.duty.actions import appoint, declare_vacant, engage
from geogrid.duty.models import Post, PostRole, Worker
from geogrid.publishing.actions import disclose
from geogrid.publishing.models import Disclosure
from geogrid.territory.models import Authority, Grid, Plan, Scheme

FACES = 12
VACANT_GRID = 2  # the home quarter's second grid looks for a worker


@transaction.atomic
def engage_everybody(town: DemoTown, plan: Plan, at: datetime) -> int:
    """A chief per quarter, a worker per grid, stand-ins, one vacancy; return how many workers."""
    names = {role: _names(town, role) for role in ("chief", "worker")}
    staff = _Staff(town, plan, at)
    quarters = list(plan.grids.filter(level=1).order_by("code"))
    chiefs = {q.pk: staff.engage(next(names["chief"]), town.chief_duties) for q in quarters}
    for quarter in quarters:
        chief = chiefs[quarter.pk]
        staff.appoint(quarter, "chief", chief)
        grids = list(plan.grids.filter(parent=quarter).order_by("code"))
        empty = grids[VACANT_GRID - 1] if quarter.name == town.home_quarter else None
        workers: list[Worker] = []
        for grid in grids:
            if grid == empty:
                staff.leave_vacant(grid, chief)
                continue
            workers.append(staff.engage(next(names["worker"]), town.duties))
            staff.appoint(grid, "worker", workers[-1])
        held = [grid for grid in grids if grid != empty]
        for grid, neighbour in zip(held, workers[1:] + workers[:1], strict=True):
            if len(workers) > 1:
                staff.appoint(grid, "worker", neighbour, tier=Post.Tier.B)
    return staff.count


def _names(town: DemoTown, role: str) -> Iterator[str]:
    """The invented names in order; after the last one they begin again with a number."""
    names = [row["name"] for row in town.rows("people.csv") if row["role"] == role]
    yield from names
    for again in range(2, 100):
        yield from (f"{name} {again}" for name in names)


class _Staff:
    """Engages and appoints in one town, numbering phones and faces as it goes."""

    def __init__(self, town: DemoTown, plan: Plan, at: datetime) -> None:
        self.town, self.plan, self.at = town, plan, at
        self.roles = {role.code: role for role in PostRole.objects.all()}
        self.count = 0

    def engage(self, name: str, duties: str) -> Worker:
        self.count += 1
        worker = engage(
            area=self.plan.scheme.area,
            name=name,
            by=None,
            duty_phone=self.town.phone.format(number=100 + self.count),
            duties=duties,
            hours=self.town.hours,
            face=self.count % FACES,
        )
        for fact in Disclosure.Fact.values:
            disclose(worker=worker, field=fact, basis=self.town.basis, by=None, at=self.at)
        return worker

    def appoint(self, grid: Grid, role: str, worker: Worker, **fields: Any) -> None:
        appoint(
            scheme=self.plan.scheme,
            lineage=grid.lineage,
            role=self.roles[role],
            worker=worker,
            by=None,
            at=self.at,
            **fields,
        )

    def leave_vacant(self, grid: Grid, chief: Worker) -> None:
        declare_vacant(
            scheme=self.plan.scheme,
            lineage=grid.lineage,
            role=self.roles["worker"],
            reason=self.town.vacancy,
            by=None,
            at=self.at,
        )
        self.appoint(grid, "worker", chief, acting=True)


@transaction.atomic
def open_accounts(town: DemoTown, plan: Plan) -> None:
    """The accounts behind the doors, named `<role>.<town>`; without a password by default."""
    scheme = plan.scheme
    planner = _account(town, "planner", town.accounts["planner"])
    _authorise(planner, scheme, Authority.Role.PLANNER)
    office = _account(town, "office", town.accounts["office"])
    # Whoever draws does not approve: in the demo the office does.
    roles = (Authority.Role.DISPATCHER, Authority.Role.SUPERVISOR, Authority.Role.APPROVER)
    _authorise(office, scheme, *roles)
    worker = home_worker(town, plan)
    _let_log_in(worker, _account(town, "patrol", worker.name))


def let_found(town: DemoTown) -> bool:
    """Let the demo's planner found areas; False when they may already."""
    planner = User.objects.get(username=f"planner.{town.slug}")
    if planner.has_perm("territory.add_area"):
        return False
    planner.user_permissions.add(
        Permission.objects.get(content_type__app_label="territory", codename="add_area")
    )
    return True


def account_of(town: DemoTown, worker: Worker) -> User:
    """The worker's account, made when first asked for; nobody but this loader opens it."""
    worker.refresh_from_db()
    if worker.user is None:
        _let_log_in(worker, _account(town, f"worker{worker.pk}", worker.name))
    return User.objects.get(worker=worker)


def _let_log_in(worker: Worker, user: User) -> None:
    worker.user = user
    worker.save(update_fields=["user"])


def home_worker(town: DemoTown, plan: Plan) -> Worker:
    """The worker of the home quarter's busiest grid: most hazard points."""
    grids = plan.grids.leaves().filter(parent__name=town.home_quarter)
    holders = {
        post.lineage: post.worker
        for post in Post.objects.filter(
            scheme=plan.scheme, tier=Post.Tier.A, acting=False, worker__isnull=False
        ).select_related("worker")
    }
    for grid in grids.order_by("-load__hazards", "code"):
        worker = holders.get(grid.lineage)
        if worker is not None:
            return worker
    raise LookupError(f"nobody works in {town.home_quarter}")


def _account(town: DemoTown, role: str, shown: str) -> User:
    user, _ = User.objects.get_or_create(
        username=f"{role}.{town.slug}",
        defaults={"display_name": shown, "is_demo": True, "language": town.note.language},
    )
    if settings.DEMO_PASSWORD:
        user.set_password(settings.DEMO_PASSWORD)
    else:
        user.set_unusable_password()
    user.save(update_fields=["password"])
    return user


def _authorise(user: User, scheme: Scheme, *roles: str) -> None:
    for role in roles:
        Authority.objects.get_or_create(user=user, role=role, scheme=scheme, lineage=None)
