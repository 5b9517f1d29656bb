"""Import a town: read the extract, found the area, replace its ground, all or nothing."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction

from geogrid.territory.actions.cells import relink_homes
from geogrid.territory.founding import AreaNote, found_area
from geogrid.territory.loads import rebuild_loads
from geogrid.territory.models import Area, Plan
from layers.intake.osm import Extract, read_extract
from layers.intake.outline import outline_in_extract, read_outline
from layers.intake.report import QualityReport
from layers.intake.town import SourceNote, commit

LICENCE = "ODbL 1.0"
ATTRIBUTION = "© OpenStreetMap contributors"


@dataclass(frozen=True, slots=True)
class Imported:
    area: Area
    report: QualityReport


def import_town(*, extract: Path, boundary: Path | None, note: AreaNote, at: datetime) -> Imported:
    """Bring the extract in as the ground of the area `note` describes; repeatable.

    What lies in the grids of the area's plans is counted anew; cells find their entrances again.

    Without `boundary` the outline is the administrative boundary called `note.name` in the extract.
    Raises layers.intake.errors.IntakeError for files that cannot be used; then nothing changed.
    """
    given = read_outline(boundary) if boundary else None
    ground: Extract = read_extract(extract)
    outline = given if given is not None else outline_in_extract(ground, note.name)
    basis = boundary.name if boundary else f"boundary of {note.name} in {extract.name}"
    with transaction.atomic():
        area, _ = found_area(note=note, outline=outline, basis=basis, at=at)
        _, report = commit(
            ground,
            outline=outline,
            note=SourceNote(
                code=area.slug,
                name=f"{area.name}: {extract.name}",
                attribution=note.attribution or ATTRIBUTION,
                licence=LICENCE,
                as_of=note.data_as_of,
            ),
            at=at,
        )
        relink_homes()
        for plan in Plan.objects.filter(scheme__area=area).exclude(state=Plan.State.WITHDRAWN):
            rebuild_loads(plan=plan, at=at)
    return Imported(area, report)
