"""`import_osm FILE --area NAME [--boundary FILE]`: a town's ground from OpenStreetMap."""

import time
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.text import slugify

from geogrid.accounts.errors import CodedError
from geogrid.territory.founding import AreaNote
from geogrid.territory.importing import ATTRIBUTION, import_town
from geogrid.territory.models import Area
from layers.intake.errors import IntakeError


class Command(BaseCommand):
    help = (
        "Import streets, buildings, addresses, places, hazards, waters and land use of one town "
        "from an OpenStreetMap extract; repeat it to replace them. Ends with a quality report."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="an extract: .osm.pbf, .osm, .osm.gz, .osm.bz2")
        parser.add_argument("--area", required=True, metavar="NAME", help="name of the area")
        parser.add_argument(
            "--boundary",
            type=Path,
            metavar="FILE",
            help="GeoJSON with the outline; else the boundary called NAME in the extract",
        )
        new = parser.add_argument_group("for an area that does not exist yet")
        new.add_argument("--slug", help="short name in addresses (default: made from NAME)")
        new.add_argument("--kind", choices=Area.Kind.values, default=Area.Kind.TOWN)
        new.add_argument("--code-prefix", default="000001", help="first digits of grid codes")
        new.add_argument("--language", default="en", help="language of its names: en, zh-hans")
        new.add_argument("--timezone", default="UTC", help="for example Europe/Berlin")
        new.add_argument("--calendar", default="", help="country of its public holidays: DE, CN")
        new.add_argument("--attribution", default=ATTRIBUTION)
        new.add_argument("--as-of", type=date.fromisoformat, help="age of the data: YYYY-MM-DD")
        new.add_argument("--fictional", action="store_true", help="names in it are invented")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        try:
            imported = import_town(
                extract=options["file"],
                boundary=options["boundary"],
                note=_area_note(options),
                at=timezone.now(),
            )
        except (IntakeError, CodedError) as error:
            raise CommandError(str(error)) from error
        imported.report.seconds = round(time.monotonic() - started, 1)
        for line in imported.report.lines():
            self.stdout.write(line)


def _area_note(options: dict[str, Any]) -> AreaNote:
    slug = options["slug"] or slugify(options["area"])
    if not slug:
        raise CommandError(
            f"No short name can be made from {options['area']!r}; give one with --slug."
        )
    return AreaNote(
        slug=slug,
        name=options["area"],
        kind=options["kind"],
        code_prefix=options["code_prefix"],
        language=options["language"],
        timezone=options["timezone"],
        calendar=options["calendar"],
        fictional=options["fictional"],
        data_as_of=options["as_of"],
        attribution=options["attribution"],
    )
