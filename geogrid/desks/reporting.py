"""What the report forms of residents, workers and the office share: place, photos, sender."""

import math
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.gis.geos import Point
from django.core import signing
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from geogrid.cases.models import Case, Category
from geogrid.territory.models import Area, Term
from layers.geocoding.search import Candidate, find_addresses
from layers.media.actions import keep_picture
from layers.media.errors import PictureRefused
from layers.media.models import Attachment
from layers.places.models import Address

__all__ = ["MAX_PHOTOS", "PhotosField", "PlaceFields", "Spot", "client_address", "find_spots",
           "keep_photos", "photo_tokens", "photos_from"]  # fmt: skip

MAX_PHOTOS = 4
TOKEN_AGE_S = 24 * 3600
SALT = "geogrid.report.photo"
SURE = 0.9


def client_address(request: HttpRequest) -> str:
    """The visitor's address, as seen by the outermost of our own proxies."""
    proxies = settings.AXES_IPWARE_PROXY_COUNT or 0
    if proxies:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(hops) >= proxies and hops[-proxies]:
            return hops[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))


@dataclass(frozen=True, slots=True)
class Spot:
    """An address that somebody may mean; `value` is what a form sends back."""

    label: str
    where: Point
    sure: bool

    @property
    def value(self) -> str:
        return f"{self.where.x:.7f},{self.where.y:.7f},{self.label}"


def find_spots(area: Area, term: Term | None, words: str) -> list[Spot]:
    """Return registered addresses like `words`, most likely first."""
    if term is None or not words.strip():
        return []
    among = Address.objects.within(term.plan.boundary.boundary)
    return [_spot(found) for found in find_addresses(words, among, limit=6)]


def _spot(found: Candidate) -> Spot:
    return Spot(found.label, found.anchor, found.confidence >= SURE)


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        return list(files.getlist(name)) if hasattr(files, "getlist") else [files.get(name)]


class PhotosField(forms.Field):
    """Several pictures; the cleaned value is a list of uploads."""

    widget = SeveralFiles(attrs={"accept": "image/*", "multiple": True})

    def clean(self, value: Any) -> list[Any]:
        files = [file for file in (value or []) if file]
        if len(files) > MAX_PHOTOS:
            raise forms.ValidationError(
                _("Please send at most %(count)s photos."), params={"count": MAX_PHOTOS}
            )
        if self.required and not files:
            raise forms.ValidationError(self.error_messages["required"])
        return files


class PlaceFields(forms.Form):
    """Where it is: a point (from the map or the device) or an address, either will do."""

    lon = forms.FloatField(required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)
    accuracy = forms.FloatField(required=False, min_value=0, widget=forms.HiddenInput)
    located_by = forms.ChoiceField(required=False, choices=Case.LocatedBy, widget=forms.HiddenInput)
    spot = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)
    address = forms.CharField(
        label=_("Where is it?"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "enterkeyhint": "search"}),
    )

    def clean_accuracy(self) -> float | None:
        metres = self.cleaned_data.get("accuracy")
        if metres is None or not math.isfinite(metres):
            return None
        return min(float(metres), 5000.0)

    def place(self) -> tuple[Point | None, str]:
        """Return the point, if one is known already, and how it was found."""
        chosen = self.cleaned_data.get("spot") or ""
        parts = chosen.split(",", 2)
        if len(parts) == 3:
            point = _point(parts[0], parts[1])
            if point is not None:
                return point, Case.LocatedBy.ADDRESS
        point = _point(self.cleaned_data.get("lon"), self.cleaned_data.get("lat"))
        return point, self.cleaned_data.get("located_by") or Case.LocatedBy.MAP

    def spot_label(self) -> str:
        parts = (self.cleaned_data.get("spot") or "").split(",", 2)
        return parts[2] if len(parts) == 3 else ""


def _point(lon: Any, lat: Any) -> Point | None:
    try:
        x, y = float(lon), float(lat)
    except (TypeError, ValueError):
        return None
    if not (math.isfinite(x) and math.isfinite(y) and abs(x) <= 180 and abs(y) <= 90):
        return None
    return Point(round(x, 7), round(y, 7), srid=4326)


def keep_photos(uploads: Iterable[Any], *, at: datetime) -> tuple[list[Attachment], list[str]]:
    """Keep what can be kept; return the pictures and a sentence for each refused one."""
    kept, refused = [], []
    for upload in uploads:
        try:
            kept.append(keep_picture(upload=upload.file, at=at))
        except PictureRefused as problem:
            refused.append(str(problem))
    return kept, refused


def photo_tokens(photos: Iterable[Attachment]) -> list[str]:
    """Signed names, so that a form can carry photos from one step to the next."""
    return [signing.dumps(str(photo.pk), salt=SALT) for photo in photos]


def photos_from(tokens: Iterable[str]) -> list[Attachment]:
    """The photos behind signed names; forged or old ones, and ones in use already, are ignored."""
    numbers = []
    for token in list(tokens)[:MAX_PHOTOS]:
        try:
            numbers.append(uuid.UUID(signing.loads(token, salt=SALT, max_age=TOKEN_AGE_S)))
        except (signing.BadSignature, ValueError):
            continue
    return list(Attachment.objects.filter(pk__in=numbers, case_photos=None))


def category_choices() -> list[Category]:
    return list(Category.objects.filter(active=True))


def local_name(row: Any) -> str:
    return str(row.name_zh if (get_language() or "zh").startswith("zh") else row.name_en)
