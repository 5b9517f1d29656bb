"""A file on its way in: several parts of one Shapefile become one, and its name is kept."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePath

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from geogrid.accounts.models import User
from geogrid.territory.models import Scheme
from layers.intake.errors import Unusable
from layers.intake.models import Upload
from layers.intake.staging import MOST_BYTES, stage

__all__ = ["PURPOSE", "TYPES", "bring", "brought", "on_disk"]

PURPOSE = "plan-file"
TYPES = ".geojson,.json,.gpkg,.zip,.shp,.dbf,.shx,.prj,.cpg,.kml,.kmz,.dxf,.dwg,.gdb"


def bring(*, files: Sequence[UploadedFile], scheme: Scheme, by: User, at: datetime) -> Upload:
    """Keep what somebody chose or dropped; several files go into one archive.

    Raises Unusable, TooLarge.
    """
    if not files:
        raise Unusable(_("Choose a file first."))
    if sum(file.size or 0 for file in files) > MOST_BYTES:
        raise Unusable(
            _("The file is larger than %(most)s MB. Leave out what is not needed.")
            % {"most": MOST_BYTES // 1024 // 1024}
        )
    first = files[0]
    name, content = str(first.name or ""), first.read()
    if len(files) > 1:
        name, content = _packed([(str(first.name or ""), content), *_rest(files[1:])])
    return stage(content=content, name=name, purpose=PURPOSE, place=scheme.area.slug, by=by, at=at)


def brought(scheme: Scheme, by: User) -> list[Upload]:
    """What this person brought and has not decided about."""
    return list(Upload.objects.of(by, purpose=PURPOSE, place=scheme.area.slug))


@contextmanager
def on_disk(upload: Upload) -> Iterator[Path]:
    """The file under the name its bringer gave it, which readers and sentences go by."""
    with tempfile.TemporaryDirectory(prefix="geogrid-") as place:
        path = Path(place) / PurePath(upload.name).name
        path.symlink_to(Path(upload.file.path).resolve())
        yield path


def _rest(files: Sequence[UploadedFile]) -> Iterator[tuple[str, bytes]]:
    return ((str(file.name or ""), file.read()) for file in files)


def _packed(parts: Sequence[tuple[str, bytes]]) -> tuple[str, bytes]:
    """One archive, called like the part that the others belong to."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(PurePath(name).name, content)
    leading = next((name for name, _ in parts if name.lower().endswith(".shp")), parts[0][0])
    return f"{PurePath(leading).stem}.zip", whole.getvalue()
