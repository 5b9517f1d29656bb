"""Addresses of tiles that other servers hold: XYZ, WMTS and WMS, and who may be asked at all.

Our server asks them, so that no page ever loads anything from another host, and only hosts that
the operator allowed in GEOGRID_TILE_HOSTS. See docs/decisions/0010.
"""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings

from layers.backgrounds import mercator
from layers.backgrounds.errors import (
    AddressUnknownPart,
    AddressUnreadable,
    AddressWithout,
    HostNotAllowed,
    LayerMissing,
)
from layers.backgrounds.models import Background

__all__ = ["allowed_hosts", "check_address", "host_of", "require_allowed", "tile_address"]

PART = re.compile(r"\{([^{}]*)\}")
# What services and their users call the three numbers, and what is always the same.
SAME = {"tilematrix": "z", "tilecol": "x", "tilerow": "y"}
NUMBERS = {"z", "x", "y", "-y"}
GOOGLE = "GoogleMapsCompatible"


def allowed_hosts() -> list[str]:
    """Hosts (with a port where it is not the usual one) that the operator allows."""
    return [host.lower() for host in settings.GEOGRID_TILE_HOSTS]


def host_of(address: str) -> str:
    """Host and unusual port of an address. Raises AddressUnreadable."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError:
        raise AddressUnreadable from None
    usual = {"http": 80, "https": 443}
    bad = parts.username or parts.password or parts.fragment or re.search(r"[\s\\]", address)
    if parts.scheme not in usual or not parts.hostname or bad or "{" in parts.netloc:
        raise AddressUnreadable
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return host if port in (None, usual[parts.scheme]) else f"{host}:{port}"


def require_allowed(address: str) -> str:
    """The host of an address. Raises HostNotAllowed, AddressUnreadable."""
    host = host_of(address)
    if host not in allowed_hosts():
        raise HostNotAllowed(host=host, allowed=", ".join(allowed_hosts()) or "–")
    return host


def check_address(kind: str, address: str, layer: str) -> None:
    """Raise what keeps an address from being asked; the host is looked at first."""
    require_allowed(address)
    known = set()
    for part in PART.findall(address):
        name = _plain(part)
        if name not in NUMBERS | {"tilematrixset", "style"}:
            raise AddressUnknownPart(part="{" + part + "}")
        known.add(name)
    by_template = bool(known & NUMBERS)
    if kind == Background.Kind.WMS or (kind == Background.Kind.WMTS and not by_template):
        if not layer:
            raise LayerMissing
        return
    missing = [name for name in ("z", "x", "y") if not known & {name, f"-{name}"}]
    if missing:
        raise AddressWithout(missing=" ".join(f"{{{name}}}" for name in missing))


def tile_address(background: Background, zoom: int, x: int, y: int) -> str:
    """Where one tile is asked for."""
    address = background.address.strip()
    if background.kind == Background.Kind.WMS:
        return _with(address, _map_asked(background.layer, zoom, x, y))
    if any(_plain(part) in NUMBERS for part in PART.findall(address)):
        return _filled(address, background.matrix_set, zoom, x, y)
    return _with(address, _tile_asked(background, zoom, x, y))


def _plain(part: str) -> str:
    return SAME.get(part.lower(), part.lower())


def _filled(address: str, matrix_set: str, zoom: int, x: int, y: int) -> str:
    values = {
        "z": str(zoom),
        "x": str(x),
        "y": str(y),
        "-y": str(2**zoom - 1 - y),
        "tilematrixset": matrix_set or GOOGLE,
        "style": "default",
    }
    return PART.sub(lambda found: values[_plain(found[1])], address)


def _tile_asked(background: Background, zoom: int, x: int, y: int) -> dict[str, str]:
    """OGC 07-057r7, 8.2: GetTile by key and value; `TileMatrix` is the zoom in this set."""
    return {
        "SERVICE": "WMTS", "REQUEST": "GetTile", "VERSION": "1.0.0", "LAYER": background.layer,
        "STYLE": "default", "FORMAT": "image/png",
        "TILEMATRIXSET": background.matrix_set or GOOGLE,
        "TILEMATRIX": str(zoom), "TILEROW": str(y), "TILECOL": str(x),
    }  # fmt: skip


def _map_asked(layer: str, zoom: int, x: int, y: int) -> dict[str, str]:
    """Version 1.1.1, in which x always comes before y."""
    box = ",".join(repr(round(edge, 6)) for edge in mercator.tile_box(zoom, x, y))
    return {
        "SERVICE": "WMS", "REQUEST": "GetMap", "VERSION": "1.1.1", "LAYERS": layer, "STYLES": "",
        "SRS": "EPSG:3857", "BBOX": box, "WIDTH": "256", "HEIGHT": "256",
        "FORMAT": "image/png", "TRANSPARENT": "TRUE",
    }  # fmt: skip


def _with(address: str, query: dict[str, str]) -> str:
    """The address with parameters; those it has already (a key, a style) stay."""
    parts = urlsplit(address)
    given = parse_qsl(parts.query, keep_blank_values=True)
    own = {name.upper() for name, _ in given}
    more = [(name, value) for name, value in query.items() if name not in own]
    return urlunsplit(parts._replace(query=urlencode([*given, *more])))
