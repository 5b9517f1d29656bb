"""Bring, change, switch and remove what is drawn against. Who may, the caller has asked."""

import uuid
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from layers.backgrounds import geotiff, mbtiles
from layers.backgrounds.addresses import check_address
from layers.backgrounds.errors import FileTooLarge, NotInFolder, NotTiles
from layers.backgrounds.models import MOST_ZOOM, Background, Underlay
from layers.backgrounds.pictures import draw
from layers.backgrounds.placing import Placing, Point, place

__all__ = [
    "MOST_BYTES", "add_file", "add_service", "change_background", "keep_underlay",
    "place_underlay", "remove_background", "remove_underlay", "rename_underlay",
    "switch_background",
]  # fmt: skip

MOST_BYTES = 100 * 1024 * 1024
SQLITE = mbtiles.SIGNATURE
TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")


def add_service(
    *,
    place: str,
    name_zh: str,
    name_en: str = "",
    kind: str,
    address: str,
    layer: str = "",
    matrix_set: str = "",
    datum: str = Background.Datum.WGS84,
    attribution: str = "",
    min_zoom: int = 0,
    max_zoom: int = 18,
    by: Any,
    at: datetime,
) -> Background:
    """Note a map service; it stays switched off.

    Raises HostNotAllowed, AddressUnreadable, AddressWithout, AddressUnknownPart, LayerMissing.
    """
    check_address(kind, address, layer)
    return Background.objects.create(
        place=place, name_zh=name_zh, name_en=name_en, kind=kind, address=address.strip(),
        layer=layer, matrix_set=matrix_set, datum=datum, attribution=attribution,
        min_zoom=min_zoom, max_zoom=min(max_zoom, MOST_ZOOM), by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def add_file(
    *,
    place: str,
    name_zh: str = "",
    name_en: str = "",
    source: UploadedFile | Path,
    datum: str = Background.Datum.WGS84,
    attribution: str = "",
    by: Any,
    at: datetime,
) -> Background:
    """Keep an uploaded MBTiles or GeoTIFF, or refer to one on the server; it stays switched off.

    Raises FileTooLarge (uploads above 100 MB), NotTiles, NotInFolder, and what `mbtiles.look_at`
    and `geotiff.look_at` raise.
    """
    row = Background(place=place, name_zh=name_zh, name_en=name_en, datum=datum, by=by, at=at)
    row.kind = _kind_of(source)
    if isinstance(source, Path):
        row.path = str(source.resolve())
        path = Path(row.path)
    else:
        ending = "mbtiles" if row.kind == Background.Kind.MBTILES else "tif"
        # The name that the sender gave goes nowhere: it can hold a person's name or a path.
        row.file.save(f"{uuid.uuid4().hex}.{ending}", source, save=False)
        path = Path(row.file.path)
    try:
        facts = (mbtiles if row.kind == Background.Kind.MBTILES else geotiff).look_at(path)
        row.min_zoom, row.max_zoom, row.bounds = facts.min_zoom, facts.max_zoom, facts.bounds
        told = facts if isinstance(facts, mbtiles.MbtilesFacts) else None
        row.attribution = attribution or (told.attribution if told else "")
        row.name_zh = name_zh or (told.name if told else "") or path.stem[:80]
        row.save(force_insert=True)
    except BaseException:
        if row.file:
            row.file.delete(save=False)
        raise
    return row


def _kind_of(source: UploadedFile | Path) -> str:
    """By its first bytes; a name can say anything."""
    if isinstance(source, Path):
        try:
            with source.open("rb") as opened:
                start = opened.read(16)
        except OSError:
            raise NotInFolder(name=source.name) from None
    else:
        if (source.size or 0) > MOST_BYTES:
            raise FileTooLarge(megabytes=MOST_BYTES // 1024**2)
        source.seek(0)
        start = source.read(16)
        source.seek(0)
    if start.startswith(SQLITE):
        return Background.Kind.MBTILES
    if start.startswith(TIFF):
        return Background.Kind.GEOTIFF
    raise NotTiles


@transaction.atomic
def change_background(
    *, background: Background, by: Any, at: datetime, **values: Any
) -> Background:
    """Change names, datum, attribution and zooms, or a service's address; see `add_service`.

    A file stays the file it is. Raises as `add_service`.
    """
    row = Background.objects.select_for_update().get(pk=background.pk)
    own = {"name_zh", "name_en", "datum", "attribution", "min_zoom", "max_zoom"}
    if row.outside:
        own |= {"kind", "address", "layer", "matrix_set"}
    if unknown := values.keys() - own:
        raise TypeError(f"cannot be changed: {sorted(unknown)}")
    for name, value in values.items():
        setattr(row, name, value)
    if row.outside:
        check_address(row.kind, row.address, row.layer)
    row.version += 1
    row.by, row.at = by, at
    row.save()
    return row


@transaction.atomic
def switch_background(
    *, background: Background, enabled: bool, by: Any, at: datetime
) -> Background:
    """Offer it to planners or not. Raises HostNotAllowed, where the operator took a host back."""
    row = Background.objects.select_for_update().get(pk=background.pk)
    if enabled and row.outside:
        check_address(row.kind, row.address, row.layer)
    row.enabled, row.by, row.at = enabled, by, at
    row.version += 1  # what browsers keep of it from before is not asked for again
    row.save(update_fields=["enabled", "version", "by", "at"])
    return row


def remove_background(*, background: Background) -> None:
    """Remove it, and its uploaded file after the commit; a file of the operator's stays."""
    with transaction.atomic():
        if background.file:
            storage, name = background.file.storage, str(background.file.name)
            transaction.on_commit(partial(storage.delete, name))
        background.delete()


@transaction.atomic
def keep_underlay(
    *, place: str, name: str, upload: IO[bytes], page: int = 1, by: Any, at: datetime
) -> Underlay:
    """Draw a picture or a page of a PDF anew and keep it; it is not placed yet.

    Raises as `pictures.draw`.
    """
    drawn = draw(upload, page=page)
    row = Underlay(
        place=place, name=name, width=drawn.width, height=drawn.height, by=by, at=at
    )  # fmt: skip
    row.picture.save(f"{uuid.uuid4().hex}.jpg", ContentFile(drawn.content), save=False)
    row.save(force_insert=True)
    return row


@transaction.atomic
def place_underlay(
    *, underlay: Underlay, points: list[Point], fit: str, by: Any, at: datetime
) -> Placing:
    """Place a picture by points, for all planners of its territory. Raises as `placing.place`."""
    row = Underlay.objects.select_for_update().get(pk=underlay.pk)
    placed = place(points, width=row.width, height=row.height, fit=fit)
    row.points = [list(point) for point in points]
    row.fit, row.matrix, row.residual_m = fit, placed.matrix, placed.residual_m
    row.version += 1
    row.by, row.at = by, at
    row.save()
    return placed


def rename_underlay(*, underlay: Underlay, name: str, by: Any, at: datetime) -> None:
    """Call a picture something else."""
    underlay.name, underlay.by, underlay.at = name, by, at
    underlay.save(update_fields=["name", "by", "at"])


def remove_underlay(*, underlay: Underlay) -> None:
    """Remove a picture; its file goes after the commit."""
    with transaction.atomic():
        storage, name = underlay.picture.storage, str(underlay.picture.name)
        underlay.delete()
        transaction.on_commit(partial(storage.delete, name))
