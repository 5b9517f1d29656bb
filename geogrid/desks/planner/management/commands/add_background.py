"""`add_background FILE --area SLUG`: refer to an MBTiles or GeoTIFF that lies on the server."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from geogrid.territory.models import Area
from layers.backgrounds import geotiff, mbtiles
from layers.backgrounds.actions import add_file, switch_background
from layers.backgrounds.errors import BackgroundRefused, NotInFolder, NotTiles
from layers.backgrounds.models import Background

FINE, UNUSABLE = 0, 2


class Command(BaseCommand):
    help = (
        "Add an MBTiles or GeoTIFF of any size as a background of an area. The file stays where it"
        " is and is only read; the web server's account must be able to. Without --commit the file"
        " is looked at and nothing is written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--area", required=True, metavar="SLUG")
        parser.add_argument("--name", default="", help="by default the file's own")
        parser.add_argument("--name-en", default="", help="for readers of English")
        parser.add_argument(
            "--datum", choices=Background.Datum.values, default=Background.Datum.WGS84
        )
        parser.add_argument("--attribution", default="", help="shown at the edge of the map")
        parser.add_argument("--on", action="store_true", help="switch it on at once")
        parser.add_argument("--commit", action="store_true", help="write it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._run(options)
        except (BackgroundRefused, Area.DoesNotExist) as refusal:
            self.stderr.write(self.style.ERROR(str(refusal)))
            raise SystemExit(UNUSABLE) from None
        raise SystemExit(FINE)

    def _run(self, options: dict[str, Any]) -> None:
        area = Area.objects.get(slug=options["area"])
        facts = _looked_at(options["file"])
        west, south, east, north = facts.bounds or (-180, -85, 180, 85)
        self.stdout.write(
            f"{options['file']}: zoom {facts.min_zoom} to {facts.max_zoom},"
            f" {west:.5f} {south:.5f} to {east:.5f} {north:.5f}."
        )
        if not options["commit"]:
            self.stdout.write("Nothing was written; --commit adds it.")
            return
        now = timezone.now()
        row = add_file(
            place=area.slug, name_zh=options["name"], name_en=options["name_en"],
            source=options["file"], datum=options["datum"], attribution=options["attribution"],
            by=None, at=now,
        )  # fmt: skip
        if options["on"]:
            switch_background(background=row, enabled=True, by=None, at=now)
        state = "switched on" if options["on"] else "switched off; planners switch it on"
        self.stdout.write(f"Background {row.pk} “{row.name_zh}” of {area.slug} is {state}.")


def _looked_at(path: Path) -> mbtiles.MbtilesFacts | geotiff.GeotiffFacts:
    if not path.is_file():
        raise NotInFolder(name=str(path))
    try:
        return geotiff.look_at(path)
    except NotTiles:
        return mbtiles.look_at(path)
