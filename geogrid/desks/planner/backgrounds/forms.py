"""What is told about a background or a picture."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from layers.backgrounds.models import MOST_ZOOM, Background, Underlay

__all__ = ["ChangeFileForm", "FileForm", "PictureForm", "PlaceForm", "ServiceForm"]

NAME = 80
ON_MAPS = gettext_lazy("Shown at the edge of the map, as the maker's licence wants it.")


def _name_zh() -> forms.CharField:
    return forms.CharField(label=gettext_lazy("Name"), max_length=NAME)


def _name_en() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Name in English"), max_length=NAME, required=False
    )  # fmt: skip


def _datum() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("Datum"),
        choices=Background.Datum.choices,
        initial=Background.Datum.WGS84,
        help_text=gettext_lazy(
            "Does it lie 100 to 700 metres beside our streets? Then it is GCJ-02; we shift it back."
        ),
    )


def _attribution() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Source"), max_length=200, required=False, help_text=ON_MAPS
    )


def _zoom(label: Any, initial: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=MOST_ZOOM, initial=initial)


class ChangeFileForm(forms.Form):
    """Of a file that is there already: what can be told anew."""

    name_zh = _name_zh()
    name_en = _name_en()
    datum = _datum()
    attribution = _attribution()


class FileForm(forms.Form):
    source = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "MBTiles with PNG, JPEG or WebP tiles, or a GeoTIFF that knows its coordinate system;"
            " at most 100 MB. The operator can add larger ones."
        ),
        widget=forms.FileInput(attrs={"accept": ".mbtiles,.tif,.tiff"}),
    )
    name_zh = _name_zh()
    name_en = _name_en()
    datum = _datum()
    attribution = _attribution()


class ServiceForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of service"),
        choices=[(one.value, one.label) for one in Background.Kind if one.value[0] in "xw"],
        widget=forms.RadioSelect,
        initial=Background.Kind.WMTS,
    )
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=1000,
        help_text=gettext_lazy(
            "With {z}, {x} and {y} (or {TileMatrix}, {TileCol}, {TileRow}) where the numbers of a"
            " tile belong; {-y} counts from the south. For WMS, and for WMTS without them, the"
            " address alone and the layer below."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    layer = forms.CharField(
        label=gettext_lazy("Layer of the service"), max_length=200, required=False
    )
    matrix_set = forms.CharField(
        label=gettext_lazy("Tile matrix set"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Of a WMTS in Web Mercator; nothing means GoogleMapsCompatible."),
    )
    name_zh = _name_zh()
    name_en = _name_en()
    datum = _datum()
    attribution = _attribution()
    min_zoom = _zoom(gettext_lazy("From zoom"), 8)
    max_zoom = _zoom(gettext_lazy("To zoom"), 18)

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        low, high = told.get("min_zoom"), told.get("max_zoom")
        if low is not None and high is not None and low > high:
            self.add_error("max_zoom", _("Zooms go from the smaller to the larger number."))
        return told


class PictureForm(forms.Form):
    picture = forms.FileField(
        label=gettext_lazy("Picture"),
        help_text=gettext_lazy(
            "PNG, JPG or PDF, at most 60 MB. What is larger than 6000 pixels is drawn smaller."
        ),
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg,.webp,.pdf"}),
    )
    page = forms.IntegerField(
        label=gettext_lazy("Page of the PDF"), min_value=1, initial=1, required=False
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=NAME,
        help_text=gettext_lazy("For example: grid map of 2019, campus plan."),
    )


class PlaceForm(forms.Form):
    """The fit; points are read from the rows of the table."""

    fit = forms.ChoiceField(
        label=gettext_lazy("How the picture was made"),
        choices=Underlay.Fit.choices,
        widget=forms.RadioSelect,
        initial=Underlay.Fit.AFFINE,
    )
