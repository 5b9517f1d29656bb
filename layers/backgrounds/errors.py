"""Why something cannot be drawn against. `code` is stable; the sentence is for who brought it."""

from django.utils.translation import gettext_lazy as _

from layers.refusals import CodedRefusal


class BackgroundRefused(CodedRefusal):
    code = "backgrounds.refused"
    message = _("This cannot be shown below a map.")


# ---------------------------------------------------------------- files


class FileTooLarge(BackgroundRefused):
    code = "backgrounds.file_too_large"
    message = _(
        "This file is larger than %(megabytes)s MB. The operator can add larger ones from a folder"
        " of the server."
    )
    status = 413


class NotTiles(BackgroundRefused):
    code = "backgrounds.not_tiles"
    message = _("This file is neither MBTiles nor GeoTIFF. Save it as one of them.")


class NoTilesInside(BackgroundRefused):
    code = "backgrounds.no_tiles_inside"
    message = _("This MBTiles file holds no tiles, or it is damaged. Export it again.")


class VectorTiles(BackgroundRefused):
    code = "backgrounds.vector_tiles"
    message = _(
        "This MBTiles file holds vector tiles. Export it with pictures: PNG, JPEG or WebP tiles."
    )


class NoPlaceOnEarth(BackgroundRefused):
    code = "backgrounds.no_place_on_earth"
    message = _(
        "This GeoTIFF does not say where on earth it lies. Save it with its coordinate system, or"
        " bring it as a picture and place it by points."
    )


class NotColours(BackgroundRefused):
    code = "backgrounds.not_colours"
    message = _(
        "This GeoTIFF holds no colours of 8 bits (it has %(found)s). Export it as RGB, 8 bits a"
        " band."
    )


class RasterTooLarge(BackgroundRefused):
    code = "backgrounds.raster_too_large"
    message = _(
        "This GeoTIFF cannot be read in parts: save it in tiles of 256 or 512 pixels (TILED=YES)."
    )


class FileGone(BackgroundRefused):
    code = "backgrounds.file_gone"
    message = _("The file %(name)s is not there any more, or cannot be read.")
    status = 404


class NotInFolder(BackgroundRefused):
    code = "backgrounds.not_in_folder"
    message = _("There is no readable file %(name)s on the server.")


# ---------------------------------------------------------------- map services


class AddressUnreadable(BackgroundRefused):
    code = "backgrounds.address_unreadable"
    message = _("This is no address of tiles. It begins with http:// or https:// and names a host.")


class AddressWithout(BackgroundRefused):
    code = "backgrounds.address_without"
    message = _("The address lacks %(missing)s: there the numbers of the tile are put in.")


class AddressUnknownPart(BackgroundRefused):
    code = "backgrounds.address_unknown_part"
    message = _("Nothing is known to put in for %(part)s. Write what belongs there.")


class LayerMissing(BackgroundRefused):
    code = "backgrounds.layer_missing"
    message = _("Name the layer that the service is to draw.")


class HostNotAllowed(BackgroundRefused):
    code = "backgrounds.host_not_allowed"
    message = _(
        "This installation may not ask %(host)s. The operator allows hosts in GEOGRID_TILE_HOSTS;"
        " allowed now: %(allowed)s."
    )
    status = 403


class ServiceSilent(BackgroundRefused):
    code = "backgrounds.service_silent"
    message = _("%(host)s does not answer. Is it running, and may this server reach it?")
    status = 504


class ServiceBusy(BackgroundRefused):
    code = "backgrounds.service_busy"
    message = _("%(host)s is being asked for too many tiles at once. Try again in a moment.")
    status = 503


class ServiceRefuses(BackgroundRefused):
    code = "backgrounds.service_refuses"
    message = _("%(host)s answers with an error (%(status)s). Check address, layer and key.")
    status = 502


class ServiceSendsNoPicture(BackgroundRefused):
    code = "backgrounds.service_sends_no_picture"
    message = _("%(host)s sends no picture (PNG, JPEG or WebP of at most 2 MB).")
    status = 502


# ---------------------------------------------------------------- pictures


class PictureTooHeavy(BackgroundRefused):
    code = "backgrounds.picture_too_heavy"
    message = _("This file is larger than %(megabytes)s MB. Save it smaller.")
    status = 413


class NotAPicture(BackgroundRefused):
    code = "backgrounds.not_a_picture"
    message = _("This file is no picture we can read. Bring a PNG, a JPG or a PDF.")


class TooManyPixels(BackgroundRefused):
    code = "backgrounds.too_many_pixels"
    message = _(
        "This picture has more than %(megapixels)s million pixels. Save it at half of the size."
    )


class PdfUnreadable(BackgroundRefused):
    code = "backgrounds.pdf_unreadable"
    message = _("This PDF is damaged or protected by a password. Save it anew without one.")


class NoSuchPage(BackgroundRefused):
    code = "backgrounds.no_such_page"
    message = _("This PDF has %(pages)s pages; there is no page %(page)s.")


# ---------------------------------------------------------------- placing


class PointsMissing(BackgroundRefused):
    code = "backgrounds.points_missing"
    message = _("Mark %(needed)s points at least; there are %(found)s.")


class PointOutside(BackgroundRefused):
    code = "backgrounds.point_outside"
    message = _("Point %(number)s lies outside of the picture, or outside of the world.")


class PointsTogether(BackgroundRefused):
    code = "backgrounds.points_together"
    message = _("Points %(one)s and %(other)s lie on the same spot. Move one, or remove it.")


class PointsInLine(BackgroundRefused):
    code = "backgrounds.points_in_line"
    message = _(
        "The points lie on one line, so the picture could turn around it. Add one beside it."
    )


class PictureFolds(BackgroundRefused):
    code = "backgrounds.picture_folds"
    message = _(
        "With these points the picture would fold over. Check whether two of them are exchanged."
    )
