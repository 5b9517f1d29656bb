"""A worker's portrait, for as long as it may be shown."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponseNotModified
from django.utils import timezone
from django.views.decorators.http import require_safe

from geogrid.publishing.showing import shown_portrait
from layers.media.serving import picture_response


@require_safe
def portrait(request: HttpRequest, picture: UUID) -> FileResponse | HttpResponseNotModified:
    """The picture; 404 once it is withdrawn.

    A browser may keep it and asks each time whether it still may: a withdrawal works at once.
    """
    found = shown_portrait(picture, timezone.now())
    if found is None:
        raise Http404
    tag = f'"{found.sha256[:32]}"'
    response: FileResponse | HttpResponseNotModified
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponseNotModified()
    else:
        response = picture_response(found)
    response["Cache-Control"] = "private, no-cache"
    response["ETag"] = tag
    return response
