"""For scripts/test: nothing leaves the process, hashing is quick, files go to a scratch folder."""

import tempfile
from pathlib import Path

from geogrid.config.settings.base import *  # noqa: F403
from geogrid.config.settings.base import LOGGING, STORAGES

DEBUG = False
SECRET_KEY = "for tests only, signs nothing that lasts"
DEMO_PASSWORD = "demo-password-in-tests"
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="geogrid-test-media-"))
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
LOGGING = {**LOGGING, "root": {"handlers": ["console"], "level": "WARNING"}}
