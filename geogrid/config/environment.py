"""Every environment variable that GeoGrid's settings read, declared once.

docs/operators.md lists the same variables for the person who runs an installation;
tests/domain/test_settings_documented.py compares the two.
"""

import os
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable: its name, the value when it is absent, what it means."""

    name: str
    default: str
    meaning: str

    def text(self) -> str:
        """The value, or the default; an empty value counts as absent."""
        return os.environ.get(self.name, "").strip() or self.default

    def flag(self) -> bool:
        """True for 1, true, yes, on; False for 0, false, no, off and nothing."""
        value = self.text().lower()
        if value in {"1", "true", "yes", "on"}:
            return True
        if value in {"", "0", "false", "no", "off"}:
            return False
        raise ImproperlyConfigured(f"{self.name}={value!r}: write 1 or 0.")

    def number(self) -> int:
        """The value as a whole number."""
        try:
            return int(self.text())
        except ValueError:
            raise ImproperlyConfigured(
                f"{self.name}={self.text()!r}: write a whole number."
            ) from None

    def listed(self) -> list[str]:
        """The comma-separated parts, without blanks."""
        return [part.strip() for part in self.text().split(",") if part.strip()]


SECRET_KEY = Variable("GEOGRID_SECRET_KEY", "", "Signs sessions; the doors make one and keep it.")
DATABASE_URL = Variable(
    "DATABASE_URL", "", "postgis://user:password@host:port/name of a server of your own."
)
DEMO = Variable("GEOGRID_DEMO", "0", "1 shows the demo's home page and one-click doors.")
DEMO_PASSWORD = Variable("GEOGRID_DEMO_PASSWORD", "", "Password that load_demo gives its accounts.")
HOST = Variable("GEOGRID_HOST", "127.0.0.1", "Address that the web server listens on.")
ALLOWED_HOSTS = Variable(
    "GEOGRID_ALLOWED_HOSTS", "", "Public names of the site, separated by commas."
)
HTTPS = Variable("GEOGRID_HTTPS", "0", "1 behind TLS: secure cookies, HSTS, redirect to https.")
PROXIES = Variable(
    "GEOGRID_PROXIES", "0", "How many reverse proxies stand in front and set X-Forwarded-For."
)
STATE_DIR = Variable("GEOGRID_STATE", "", "Folder for media and collected static files (var/).")
NODE_MODULES = Variable("GEOGRID_NODE_MODULES", "", "Folder of npm packages (node_modules/).")
EMBEDDERS = Variable(
    "GEOGRID_EMBEDDERS", "", "Sites that may show GeoGrid in a frame, separated by commas."
)
WINDOW = Variable(
    "GEOGRID_WINDOW",
    "-180,-85,180,85",
    "West, south, east, north in degrees: every shape must lie inside; `migrate` writes it.",
)
TILE_HOSTS = Variable(
    "GEOGRID_TILE_HOSTS",
    "",
    "Hosts (host or host:port) whose map tiles an office may add, separated by commas; none: none.",
)
GDAL_LIBRARY = Variable("GEOGRID_GDAL", "", "Path of a GDAL library instead of the bundled one.")
GEOS_LIBRARY = Variable("GEOGRID_GEOS", "", "Path of a GEOS library instead of the bundled one.")
LOG_LEVEL = Variable("GEOGRID_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR.")

VARIABLES: tuple[Variable, ...] = tuple(
    value for value in tuple(globals().values()) if isinstance(value, Variable)
)


def database_settings(url: str) -> dict[str, object]:
    """Django's settings for one database.

    The host may be a socket folder: `postgis://user@/name?host=/run/x`.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgis", "postgres", "postgresql"}:
        raise ImproperlyConfigured(
            "DATABASE_URL must look like postgis://user:password@host:5432/name"
        )
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise ImproperlyConfigured("DATABASE_URL names no database after the host.")
    host = query.pop("host", "") or unquote(parts.hostname or "")
    port = query.pop("port", "") or str(parts.port or "")
    return {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        # Reused connections are asked whether they live, so a restarted database needs no
        # restarted web server.
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 3,
            "application_name": "geogrid",
            # Compiling a query costs more than the longest one of a page takes (tiles: 3 times).
            "options": "-c jit=off",
            **query,
        },
    }
