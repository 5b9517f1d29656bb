"""An installation that people use, and the demo."""

from django.core.exceptions import ImproperlyConfigured

from geogrid.config.settings.base import *  # noqa: F403
from geogrid.config.settings.base import DEMO, HOST, SECRET_KEY

DEBUG = False
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "GEOGRID_SECRET_KEY is not set. The doors in scripts/ make one and keep it."
    )
if DEMO and HOST not in {"127.0.0.1", "::1", "localhost"}:
    raise ImproperlyConfigured(
        f"GEOGRID_HOST={HOST}: the demo has doors without passwords and stays on this machine. "
        "Unset GEOGRID_DEMO for an installation that others can reach."
    )
