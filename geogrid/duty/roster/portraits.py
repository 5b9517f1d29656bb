"""Portraits in a zip file, each found to its worker by the name of the file."""

from __future__ import annotations

import io
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from geogrid.duty.phones import digits_of
from geogrid.duty.roster.errors import PicturesRefused, TooManyPictures
from geogrid.duty.roster.people import Person, folded
from layers.intake.archives import is_archive, unpack
from layers.intake.errors import IntakeError
from layers.media.models import Attachment

__all__ = ["MOST_BYTES", "MOST_PICTURES", "Matching", "forget", "match", "name_in", "pictures_in"]

MOST_BYTES = 60 * 1024 * 1024
MOST_UNPACKED = 200 * 1024 * 1024
MOST_PICTURES = 400
PICTURES = (".jpg", ".jpeg", ".png", ".webp")
NUMBER = re.compile(r"\d+")


@dataclass(slots=True)
class Matching:
    """Index of a person -> index of a picture; the others with a reason, by index of the picture.

    A reason is "nobody", "several" (people of that name) or "second" (picture of that person).
    """

    found: dict[int, int] = field(default_factory=dict)
    unmatched: dict[int, str] = field(default_factory=dict)


def pictures_in(content: bytes) -> Iterator[tuple[str, io.BytesIO]]:
    """Name and bytes of each picture of a zip file, in its order; other files are passed over.

    Unpacked into a folder that is gone afterwards. Raises PicturesRefused, TooManyPictures.
    """
    with tempfile.TemporaryDirectory(prefix="geogrid-") as place:
        path, folder = Path(place) / "portraits.zip", Path(place) / "unpacked"
        folder.mkdir()
        path.write_bytes(content)
        try:
            if not is_archive(path):
                raise PicturesRefused(why=_("this is no zip file."))
            files = unpack(path, folder, largest=MOST_UNPACKED)
        except IntakeError as refusal:
            raise PicturesRefused(why=refusal.about(_("The zip file"))) from refusal
        wanted = [file for file in files if _is_picture(file)]
        if len(wanted) > MOST_PICTURES:
            raise TooManyPictures(most=MOST_PICTURES)
        for file in wanted:
            yield file.name, io.BytesIO(file.read_bytes())


def name_in(file: str) -> str:
    """The name in 张三.jpg, 03_张三-2.png or "Anna Beispiel 0103.jpg", folded."""
    stem = unicodedata.normalize("NFKC", Path(file).stem)
    return folded(re.sub(r"[\d_()（）#+-]+", " ", stem))


def match(files: Sequence[str], people: Sequence[Person]) -> Matching:
    """Find for each picture whom it shows: by name, and among people of one name by a number.

    The number may be the end of the duty phone or stand in the name of the grid.
    """
    matching = Matching()
    by_name: dict[str, list[int]] = {}
    for number, person in enumerate(people):
        by_name.setdefault(name_in(f"{person.name}.x"), []).append(number)
    for at, file in enumerate(files):
        meant = by_name.get(name_in(file), [])
        if len(meant) > 1:
            numbers = NUMBER.findall(unicodedata.normalize("NFKC", Path(file).stem))
            meant = [one for one in meant if _numbered(people[one], numbers)] or meant
        if not meant:
            matching.unmatched[at] = "nobody"
        elif len(meant) > 1:
            matching.unmatched[at] = "several"
        elif meant[0] in matching.found:
            matching.unmatched[at] = "second"
        else:
            matching.found[meant[0]] = at
    return matching


def _numbered(person: Person, numbers: Sequence[str]) -> bool:
    phone = digits_of(person.phone or person.known_phone)
    grids = {digits.lstrip("0") for row in person.rows for text in row.grids
             for digits in NUMBER.findall(text)}  # fmt: skip
    return any(
        (len(number) >= 3 and phone.endswith(number)) or number.lstrip("0") in grids
        for number in numbers
    )


def _is_picture(file: Path) -> bool:
    return (
        file.suffix.lower() in PICTURES
        and not file.name.startswith("._")
        and "__MACOSX" not in file.parts
    )


@transaction.atomic
def forget(keys: Iterable[str]) -> int:
    """Remove pictures of a list that came to nothing; those that somebody got stay."""
    removed = 0
    for row in Attachment.objects.filter(pk__in=list(keys), workers=None):
        storage, name = row.file.storage, str(row.file.name)
        row.delete()
        transaction.on_commit(partial(storage.delete, name))
        removed += 1
    return removed
