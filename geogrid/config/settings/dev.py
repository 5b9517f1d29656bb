"""For work on the code: tracebacks in the browser, no collected static files."""

from geogrid.config.settings.base import *  # noqa: F403
from geogrid.config.settings.base import SECRET_KEY, STORAGES

DEBUG = True
SECRET_KEY = SECRET_KEY or "for work on this machine only, never for an installation"
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
