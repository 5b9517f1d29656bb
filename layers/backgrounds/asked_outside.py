"""Ask another server for one tile: allowed hosts only, never redirected, briefly, not too often.

A service that hangs must not take our web server with it. Whoever asks waits for `SECONDS`
altogether, also where an answer comes byte by byte; fewer questions are open than a web process has
threads, and one too many is refused at once; a service that did not answer is left alone for a
while.
"""

import http.client
import socket
import time
from contextlib import suppress
from threading import BoundedSemaphore, Thread
from urllib.error import HTTPError
from urllib.request import (
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    Request,
    build_opener,
)

from layers.backgrounds.addresses import require_allowed, tile_address
from layers.backgrounds.errors import (
    BackgroundRefused,
    ServiceBusy,
    ServiceRefuses,
    ServiceSendsNoPicture,
    ServiceSilent,
)
from layers.backgrounds.models import Background
from layers.backgrounds.tile import Tile, kind_of

__all__ = ["AT_A_TIME", "forget_silent", "tile"]

SECONDS, QUIET_SECONDS = 5, 20
MOST_BYTES = 2 * 1024 * 1024
AT_A_TIME = 2  # of the four threads of a web process (scripts/doors/web.py): the others go on
NOTHING_THERE = {204, 404, 410}
HEADERS = {"User-Agent": "GeoGrid", "Accept": "image/png,image/jpeg,image/webp"}

_open = BoundedSemaphore(AT_A_TIME)
_silent: dict[str, float] = {}  # host -> when it may be asked again (monotonic)


def tile(background: Background, zoom: int, x: int, y: int) -> Tile | None:
    """The picture of a tile, or None where the service has none.

    Raises HostNotAllowed, AddressUnreadable, ServiceBusy, ServiceSilent, ServiceRefuses,
    ServiceSendsNoPicture.
    """
    address = tile_address(background, zoom, x, y)
    host = require_allowed(address)
    if _silent.get(host, 0) > time.monotonic():
        raise ServiceSilent(host=host)
    if not _open.acquire(blocking=False):
        raise ServiceBusy(host=host)
    question = _Question(address, host)
    try:
        question.start()
    except RuntimeError:  # no thread to be had
        _open.release()
        raise ServiceBusy(host=host) from None
    question.join(SECONDS)
    if question.is_alive():
        question.break_off()
        question.refusal = ServiceSilent(host=host)
    if isinstance(question.refusal, ServiceSilent):
        _silent[host] = time.monotonic() + QUIET_SECONDS
    if question.refusal is not None:
        raise question.refusal
    content = question.content
    if content is None:
        return None
    media_type = kind_of(content)
    if media_type is None or len(content) > MOST_BYTES:
        raise ServiceSendsNoPicture(host=host)
    return Tile(content, media_type)


def forget_silent() -> None:
    """Ask again at once: somebody has looked after the service."""
    _silent.clear()


class _Question(Thread):
    """One question in a thread of its own, so that whoever asked can leave when time is up.

    A timeout of a socket is none for the whole: a byte now and then begins it anew. Its place is
    free again when it has ended, not when nobody waits for it any more.
    """

    def __init__(self, address: str, host: str) -> None:
        super().__init__(name=f"tile of {host}", daemon=True)
        self.request = Request(address, headers=HEADERS)  # noqa: S310
        self.host = host
        self.content: bytes | None = None
        self.refusal: BackgroundRefused | None = None
        self._socket: socket.socket | None = None
        self._late = False

    def run(self) -> None:
        try:
            self.content = self._asked()
        except BackgroundRefused as refusal:
            self.refusal = refusal
        finally:
            _open.release()

    def break_off(self) -> None:
        """End it at its next byte."""
        self._late = True
        if self._socket is not None:
            with suppress(OSError):
                # Past the class of an encrypted one, whose own would wait for its lock.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def connected(self, there: socket.socket) -> None:
        self._socket = there
        if self._late:
            raise TimeoutError

    def _asked(self) -> bytes | None:
        opener = build_opener(_Stay, _Plain(self), _Secure(self))
        try:
            with opener.open(self.request, timeout=SECONDS) as answer:
                if answer.status in NOTHING_THERE:
                    return None
                content: bytes = answer.read(MOST_BYTES + 1)
                return content
        except HTTPError as error:
            error.close()
            if error.code in NOTHING_THERE:
                return None
            raise ServiceRefuses(host=self.host, status=error.code) from None
        except (OSError, http.client.HTTPException, ValueError):
            raise ServiceSilent(host=self.host) from None


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


class _Plain(HTTPHandler):
    def __init__(self, question: _Question) -> None:
        super().__init__()
        self.question = question

    def http_open(self, request: Request) -> http.client.HTTPResponse:
        question = self.question

        class Connection(http.client.HTTPConnection):
            def connect(self) -> None:
                super().connect()
                question.connected(self.sock)

        return self.do_open(Connection, request)


class _Secure(HTTPSHandler):
    def __init__(self, question: _Question) -> None:
        super().__init__()
        self.question = question

    def https_open(self, request: Request) -> http.client.HTTPResponse:
        question = self.question

        class Connection(http.client.HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                question.connected(self.sock)

        return self.do_open(Connection, request)
