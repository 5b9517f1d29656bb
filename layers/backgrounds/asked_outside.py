"""Ask another server for one tile: allowed hosts only, never redirected, briefly, not too often.

A service that hangs must not take our web server with it: few questions are open at a time, and
one that did not answer is left alone for a while.
"""

import http.client
import time
from threading import BoundedSemaphore
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from layers.backgrounds.addresses import require_allowed, tile_address
from layers.backgrounds.errors import ServiceRefuses, ServiceSendsNoPicture, ServiceSilent
from layers.backgrounds.models import Background
from layers.backgrounds.tile import Tile, kind_of

__all__ = ["forget_silent", "tile"]

SECONDS, QUIET_SECONDS = 5, 20
MOST_BYTES = 2 * 1024 * 1024
AT_A_TIME = 6
NOTHING_THERE = {204, 404, 410}

_open = BoundedSemaphore(AT_A_TIME)
_silent: dict[str, float] = {}  # host -> when it may be asked again (monotonic)


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


_opener = build_opener(_Stay)


def tile(background: Background, zoom: int, x: int, y: int) -> Tile | None:
    """The picture of a tile, or None where the service has none.

    Raises HostNotAllowed, AddressUnreadable, ServiceSilent, ServiceRefuses, ServiceSendsNoPicture.
    """
    address = tile_address(background, zoom, x, y)
    host = require_allowed(address)
    if _silent.get(host, 0) > time.monotonic() or not _open.acquire(timeout=SECONDS):
        raise ServiceSilent(host=host)
    try:
        content = _asked(address, host)
    finally:
        _open.release()
    if content is None:
        return None
    media_type = kind_of(content)
    if media_type is None or len(content) > MOST_BYTES:
        raise ServiceSendsNoPicture(host=host)
    return Tile(content, media_type)


def forget_silent() -> None:
    """Ask again at once: somebody has looked after the service."""
    _silent.clear()


def _asked(address: str, host: str) -> bytes | None:
    headers = {"User-Agent": "GeoGrid", "Accept": "image/png,image/jpeg,image/webp"}
    request = Request(address, headers=headers)  # noqa: S310
    try:
        with _opener.open(request, timeout=SECONDS) as answer:
            if answer.status in NOTHING_THERE:
                return None
            content: bytes = answer.read(MOST_BYTES + 1)
            return content
    except HTTPError as error:
        error.close()
        if error.code in NOTHING_THERE:
            return None
        raise ServiceRefuses(host=host, status=error.code) from None
    except (OSError, http.client.HTTPException, ValueError):
        _silent[host] = time.monotonic() + QUIET_SECONDS
        raise ServiceSilent(host=host) from None
