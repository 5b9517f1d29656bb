"""How long a browser may keep what a feed answered."""

from collections.abc import Callable
from hashlib import blake2b

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import get_conditional_response, patch_vary_headers

__all__ = ["answer"]

FOR_EVER = "public, max-age=31536000, immutable"
ASK_EACH_TIME = "public, no-cache"
NEVER = "private, no-store"


def answer(
    request: HttpRequest,
    write: Callable[[], bytes],
    content_type: str,
    *,
    version: str,
    draft: bool = False,
    varies: bool = False,
) -> HttpResponse:
    """Answer with what `write` returns.

    Under `?v=<version>` it is kept for good, because data that changes gets a new address. A `v`
    of another state, or none, is answered by ETag: an old page must not fill a cache with new data
    under an old name. Drafts are never kept. `varies` says that the same address answers another
    reader (another language, say) with something else.
    """
    body = write()
    if draft:
        response = HttpResponse(body, content_type=content_type)
        response["Cache-Control"] = NEVER
        return response
    etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    response = get_conditional_response(request, etag=etag) or HttpResponse(
        body, content_type=content_type
    )
    kept = request.GET.get("v") == version and version != "0" and not varies
    response["Cache-Control"] = FOR_EVER if kept else ASK_EACH_TIME
    response["ETag"] = etag
    if varies:
        patch_vary_headers(response, ["Cookie", "Accept-Language"])
    if isinstance(response, HttpResponseNotModified):
        del response["Content-Type"]
    return response
