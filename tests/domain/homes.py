"""Houses with entrances in the grids of a picture, and what tests ask of their cells."""

from datetime import timedelta

from django.contrib.gis.geos import Point

from geogrid.territory import actions
from geogrid.territory.cells import cell_findings, cell_sizes
from geogrid.territory.models import Cell, Grid, Plan
from layers.places.models import Building, Unit
from tests.factories import FOUNDED, SourceFactory

LATER = FOUNDED + timedelta(days=30)
WEST, EAST = (113.0001, 30.0007), (113.0006, 30.0007)  # in the grids a and b of the picture
SOUTH = (113.0001, 30.0003)  # in c
BORDER = (113.0004, 30.0007)
ALL = actions.HomeFloors


def house(
    number: int,
    place: tuple[float, float] = WEST,
    *,
    units: int = 2,
    households: int = 12,
    floors: int | None = 6,
    ref: str | None = None,
) -> list[Unit]:
    building = Building.objects.create(
        source=SourceFactory(),
        ref=f"w{number}" if ref is None else ref,
        address=f"春晖小区{number}栋",
        anchor=Point(*place, srid=4326),
        dwellings=units * households,
    )
    return [
        Unit.objects.create(
            building=building, number=f"{n}单元", floors=floors, dwellings=households
        )
        for n in range(1, units + 1)
    ]


def make(plan: Plan, **options: object) -> list[Cell]:
    return actions.make_cells(plan=plan, by=None, at=LATER, **options)  # type: ignore[arg-type]


def move(plan: Plan, to: Cell | None, *homes: actions.HomeFloors) -> Cell:
    return actions.move_homes(
        plan=plan, homes=homes, to=to.lineage if to else None, by=None, at=LATER
    )


def leaf(plan: Plan, label: str) -> Grid:
    return plan.grids.leaves().get(label=label)


def addresses(cell: Cell) -> list[str]:
    return [f"{home.address}{home.entrance}" for home in cell.homes.order_by("pk")]


def kinds(plan: Plan) -> list[str]:
    return [found.kind.value for found in cell_findings(plan)]


def sizes(plan: Plan) -> list[int]:
    return [size.households for size in cell_sizes(plan)]


def approved(plan: Plan) -> Plan:
    actions.propose(plan=plan, by=None, at=LATER)
    actions.approve(plan=plan, by=None, at=LATER)
    plan.refresh_from_db()
    return plan
