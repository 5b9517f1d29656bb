"""Map services of others: which address is asked, and whom our server never asks."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from layers.backgrounds import addresses, asked_outside, errors
from layers.backgrounds.actions import add_service, change_background, switch_background
from layers.backgrounds.models import Background
from tests.domain import background_files as files
from tests.factories import now

NUMBER = (15, 26787, 13453)


class Upstream(ThreadingHTTPServer):
    """A tile server on this machine; `answers` says what a path gets, `asked` what was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.asked: list[str] = []
        self.answers: dict[str, tuple[int, bytes, dict[str, str]]] = {}
        self.drips = False  # whether a body comes byte by byte
        self.open, self.most_open = 0, 0

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class Answering(BaseHTTPRequestHandler):
    server: Upstream

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        path = urlsplit(self.path).path
        status, body, headers = self.server.answers.get(path, (200, files.picture(), {}))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.server.open += 1
        self.server.most_open = max(self.server.open, self.server.most_open)
        try:
            self._send(body)
        except OSError:
            pass
        finally:
            self.server.open -= 1

    def _send(self, body: bytes) -> None:
        if not self.server.drips:
            self.wfile.write(body)
            return
        for letter in body:
            self.wfile.write(bytes([letter]))
            time.sleep(0.05)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def upstream(settings: Any) -> Iterator[Upstream]:
    server = Upstream()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.GEOGRID_TILE_HOSTS = [server.host]
    asked_outside.forget_silent()
    yield server
    server.shutdown()
    server.server_close()


def service(kind: str, address: str, **more: Any) -> Background:
    return Background(kind=kind, address=address, min_zoom=0, max_zoom=18, **more)


def query(address: str) -> dict[str, str]:
    return {name.upper(): values[0] for name, values in parse_qs(
        urlsplit(address).query, keep_blank_values=True).items()}  # fmt: skip


def test_xyz_counts_from_the_north_and_from_the_south() -> None:
    there = service("xyz", "https://t.example.org/{z}/{x}/{y}.png")
    assert addresses.tile_address(there, *NUMBER) == "https://t.example.org/15/26787/13453.png"
    south = service("xyz", "https://t.example.org/{z}/{x}/{-y}.png")
    assert addresses.tile_address(south, *NUMBER).endswith("/15/26787/19314.png")


def test_wmts_by_template_with_a_key_as_tianditu_wants_it() -> None:
    address = (
        "https://t0.tianditu.gov.cn/vec_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
        "&LAYER=vec&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles"
        "&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=0123"
    )
    asked = addresses.tile_address(service("wmts", address), *NUMBER)
    assert query(asked) == {
        "SERVICE": "WMTS", "REQUEST": "GetTile", "VERSION": "1.0.0", "LAYER": "vec",
        "STYLE": "default", "TILEMATRIXSET": "w", "FORMAT": "tiles",
        "TILEMATRIX": "15", "TILEROW": "13453", "TILECOL": "26787", "TK": "0123",
    }  # fmt: skip
    rest = service(
        "wmts",
        "http://gis/wmts/old/{Style}/{TileMatrixSet}/EPSG:3857:{TileMatrix}/{TileRow}/{TileCol}",
    )
    assert addresses.tile_address(rest, *NUMBER) == (
        "http://gis/wmts/old/default/GoogleMapsCompatible/EPSG:3857:15/13453/26787"
    )


def test_wmts_by_key_and_value_and_wms() -> None:
    wmts = service("wmts", "http://gis:8080/ows?tk=1&style=old", layer="campus")
    asked = query(addresses.tile_address(wmts, *NUMBER))
    assert asked["LAYER"] == "campus" and asked["TILEMATRIXSET"] == "GoogleMapsCompatible"
    assert (asked["TILEMATRIX"], asked["TILEROW"], asked["TILECOL"]) == ("15", "13453", "26787")
    assert (asked["STYLE"], asked["TK"]) == ("old", "1"), "what the address says itself stays"
    wms = service("wms", "http://gis:8080/ows?map=/srv/a.map", layer="plan,names")
    asked = query(addresses.tile_address(wms, *NUMBER))
    assert asked["REQUEST"] == "GetMap" and asked["SRS"] == "EPSG:3857"
    west, south, east, north = map(float, asked["BBOX"].split(","))
    assert east - west == pytest.approx(1222.992, abs=0.001) == north - south
    assert asked["LAYERS"] == "plan,names" and asked["MAP"] == "/srv/a.map"


@pytest.mark.parametrize(
    ("address", "refusal"),
    [
        ("https://elsewhere.org/{z}/{x}/{y}", errors.HostNotAllowed),
        ("http://tiles.local:8081/{z}/{x}/{y}", errors.HostNotAllowed),
        ("http://tiles.local@evil.org/{z}/{x}/{y}", errors.AddressUnreadable),
        ("http://evil.org\\@tiles.local/{z}/{x}/{y}", errors.AddressUnreadable),
        ("http://{x}.tiles.local/{z}/{x}/{y}", errors.AddressUnreadable),
        ("file:///etc/passwd?{z}{x}{y}", errors.AddressUnreadable),
        ("//tiles.local/{z}/{x}/{y}", errors.AddressUnreadable),
        ("http://tiles.local/{z}/{x}", errors.AddressWithout),
        ("http://tiles.local/{z}/{x}/{y}?t={token}", errors.AddressUnknownPart),
    ],
)
def test_addresses_that_are_never_asked(settings: Any, address: str, refusal: type) -> None:
    settings.GEOGRID_TILE_HOSTS = ["tiles.local", "10.0.0.5:8080"]
    with pytest.raises(refusal) as told:
        addresses.check_address("xyz", address, "")
    assert str(told.value)


def test_nothing_is_allowed_by_itself() -> None:
    assert addresses.allowed_hosts() == []
    with pytest.raises(errors.HostNotAllowed) as told:
        addresses.check_address("xyz", "https://tiles.example.org/{z}/{x}/{y}.png", "")
    assert "GEOGRID_TILE_HOSTS" in str(told.value)


def test_a_picture_comes_through_and_nothing_else_does(upstream: Upstream) -> None:
    there = service("xyz", f"http://{upstream.host}/{{z}}/{{x}}/{{y}}.png")
    found = asked_outside.tile(there, *NUMBER)
    assert found is not None and files.pixel(found.content, 1, 1) == (200, 30, 30, 255)
    path = "/15/26787/13453.png"
    upstream.answers[path] = (404, b"", {})
    assert asked_outside.tile(there, *NUMBER) is None
    for answer, refusal in (
        ((200, b"<html>please log in</html>", {"Content-Type": "image/png"}),
         errors.ServiceSendsNoPicture),
        ((200, files.picture() + b"\0" * 3_000_000, {}), errors.ServiceSendsNoPicture),
        ((500, b"", {}), errors.ServiceRefuses),
        ((403, b"", {}), errors.ServiceRefuses),
    ):  # fmt: skip
        upstream.answers[path] = answer
        with pytest.raises(refusal):
            asked_outside.tile(there, *NUMBER)


def test_a_redirect_is_not_followed(upstream: Upstream) -> None:
    there = service("xyz", f"http://{upstream.host}/{{z}}/{{x}}/{{y}}.png")
    upstream.answers["/15/26787/13453.png"] = (302, b"", {"Location": f"http://{upstream.host}/in"})
    with pytest.raises(errors.ServiceRefuses):
        asked_outside.tile(there, *NUMBER)
    assert upstream.asked == ["/15/26787/13453.png"]


def test_a_silent_service_is_left_alone_for_a_while(settings: Any) -> None:
    settings.GEOGRID_TILE_HOSTS = ["127.0.0.1:9"]
    asked_outside.forget_silent()
    there = service("xyz", "http://127.0.0.1:9/{z}/{x}/{y}")
    for _ in range(2):
        with pytest.raises(errors.ServiceSilent):
            asked_outside.tile(there, *NUMBER)
    assert asked_outside._silent.keys() == {"127.0.0.1:9"}
    asked_outside.forget_silent()


def test_a_dripping_service_holds_few_threads_and_none_for_long(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte begins a socket's time anew: without a time for the whole, this never ends."""
    upstream.drips = True
    monkeypatch.setattr(asked_outside, "SECONDS", 0.6)
    there = service("xyz", f"http://{upstream.host}/{{z}}/{{x}}/{{y}}.png")
    told: list[tuple[type, float]] = []

    def ask() -> None:
        begun = time.monotonic()
        try:
            asked_outside.tile(there, *NUMBER)
        except errors.BackgroundRefused as refusal:
            told.append((type(refusal), time.monotonic() - begun))

    askers = [threading.Thread(target=ask) for _ in range(8)]
    for one in askers:
        one.start()
    for one in askers:
        one.join()
    busy = [seconds for refusal, seconds in told if refusal is errors.ServiceBusy]
    silent = [seconds for refusal, seconds in told if refusal is errors.ServiceSilent]
    assert len(silent) == asked_outside.AT_A_TIME < 4, "a web process has four threads"
    assert len(busy) == 6 and max(busy) < 0.4, "one too many is refused at once"
    assert max(silent) < 1.5
    assert upstream.most_open <= asked_outside.AT_A_TIME
    # The broken-off questions end by themselves, and their places are free again.
    upstream.drips = False
    asked_outside.forget_silent()
    until = time.monotonic() + 3
    while upstream.open and time.monotonic() < until:
        time.sleep(0.05)
    assert not upstream.open
    time.sleep(0.1)
    assert asked_outside.tile(there, *NUMBER) is not None


@pytest.mark.django_db
def test_a_host_taken_back_by_the_operator_is_not_asked_any_more(upstream, settings) -> None:  # type: ignore[no-untyped-def]
    row = add_service(
        place="jinghu", name_zh="影像", kind="xyz",
        address=f"http://{upstream.host}/{{z}}/{{x}}/{{y}}", by=None, at=now(),
    )  # fmt: skip
    assert not row.enabled
    row = switch_background(background=row, enabled=True, by=None, at=now())
    with pytest.raises(errors.HostNotAllowed):
        change_background(background=row, by=None, at=now(), address="http://other/{z}/{x}/{y}")
    settings.GEOGRID_TILE_HOSTS = []
    with pytest.raises(errors.HostNotAllowed):
        asked_outside.tile(row, *NUMBER)
    with pytest.raises(errors.HostNotAllowed):
        switch_background(background=row, enabled=True, by=None, at=now())
    assert not switch_background(background=row, enabled=False, by=None, at=now()).enabled
    assert upstream.asked == []
