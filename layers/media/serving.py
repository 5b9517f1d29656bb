"""The answer that carries a picture. Whether it may be seen, the caller has decided."""

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404

from layers.media.models import Attachment

__all__ = ["jpeg_response", "picture_response"]


def picture_response(picture: Attachment) -> FileResponse:
    response = jpeg_response(picture.file, name="photo.jpg")
    # Private and short: a withdrawn right to see must not live on in a shared cache.
    response["Cache-Control"] = "private, max-age=300"
    return response


def jpeg_response(file: FieldFile, *, name: str) -> FileResponse:
    """A JPEG that we drew ourselves; how long it may be kept, the caller says. 404: not there."""
    try:
        content = file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Content-Disposition"] = f"inline; filename={name}"
    return response
