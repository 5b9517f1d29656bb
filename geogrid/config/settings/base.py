"""What every installation shares. Values from outside come through geogrid.config.environment."""

from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from geogrid.config import environment, native_libraries

BASE_DIR = Path(__file__).resolve().parents[3]
STATE_DIR = Path(environment.STATE_DIR.text() or BASE_DIR / "var")

# ---------------------------------------------------------------- who and where
DEMO = environment.DEMO.flag()
DEMO_PASSWORD = environment.DEMO_PASSWORD.text()
HOST = environment.HOST.text()
SECRET_KEY = environment.SECRET_KEY.text()
LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = [*LOOPBACK_HOSTS, *environment.ALLOWED_HOSTS.listed()]
AUTH_USER_MODEL = "accounts.User"
ROOT_URLCONF = "geogrid.config.urls"
WSGI_APPLICATION = "geogrid.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---------------------------------------------------------------- apps
INSTALLED_APPS = [
    "geogrid.config",
    "geogrid.desks",
    "geogrid.desks.resident",
    "geogrid.desks.planner",
    "geogrid.desks.patrol",
    "geogrid.desks.office",
    "geogrid.desks.ground",
    "geogrid.desks.api",
    "geogrid.desks.demo",
    "geogrid.publishing",
    "geogrid.patrols",
    "geogrid.cases",
    "geogrid.duty",
    "geogrid.territory",
    "geogrid.outbox",
    "geogrid.accounts",
    "layers.basemap",
    "layers.backgrounds",
    "layers.intake",
    "layers.places",
    "layers.media",
    "layers.feeds",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.gis",
    "leaflet",
    "axes",
    "csp",
    "ninja",
]
MIDDLEWARE = [
    "geogrid.config.middleware.DatabaseDown",
    "django.middleware.security.SecurityMiddleware",
    "geogrid.config.middleware.PermissionsPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "geogrid.config.middleware.EnglishForOthers",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "map_templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "geogrid.config.context.installation",
            ],
        },
    },
]

# ---------------------------------------------------------------- database and geometry
DATABASES = {
    "default": environment.database_settings(
        environment.DATABASE_URL.text() or "postgis://geogrid_app@/geogrid"
    )
}
# Swapped coordinates and slips of the pen land outside of it, and the database refuses them.
GEOGRID_WINDOW = environment.WINDOW.listed()
GDAL_LIBRARY_PATH = environment.GDAL_LIBRARY.text() or native_libraries.gdal_library()
GEOS_LIBRARY_PATH = environment.GEOS_LIBRARY.text() or native_libraries.geos_library()

# ---------------------------------------------------------------- languages and time
# Messages can name a reporter: they stay on the server, a cookie could be read.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "geogrid_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = sorted((BASE_DIR / "map_templates").glob("**/locale"))
USE_I18N = True
USE_TZ = True
# Each area has a time zone of its own; the server thinks in UTC.
TIME_ZONE = "UTC"

# ---------------------------------------------------------------- files
NPM_ROOT = Path(environment.NODE_MODULES.text() or BASE_DIR / "node_modules")
# Only these files of node_modules are served, below /static/vendor/.
NPM_FILES = [
    "leaflet/dist/leaflet.js",
    "leaflet/dist/leaflet.js.map",
    "leaflet/dist/leaflet.css",
    "leaflet/dist/images/*.png",
    "protomaps-leaflet/dist/protomaps-leaflet.js",
    "protomaps-leaflet/dist/protomaps-leaflet.js.map",
]
STATIC_URL = "/static/"
STATIC_ROOT = STATE_DIR / "static"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "geogrid.config.npm_files.NpmFilesFinder",
]
MEDIA_ROOT = STATE_DIR / "media"  # private: served by views that ask who is reading
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "geogrid.config.static_storage.HashedStatic"},
}
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 12

# ---------------------------------------------------------------- maps
# The basemap is our own: no tile server of anybody else is ever asked.
# Hosts whose tiles an office may add as a background; our server asks them, never a browser.
GEOGRID_TILE_HOSTS = environment.TILE_HOSTS.listed()
LEAFLET_CONFIG = {
    "TILES": [],
    "ATTRIBUTION_PREFIX": "",
    "RESET_VIEW": False,
    "SCALE": "metric",
    "MIN_ZOOM": 9,
    "MAX_ZOOM": 20,
    "NO_GLOBALS": False,
}

# ---------------------------------------------------------------- signing in
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_IPWARE_PROXY_COUNT = environment.PROXIES.number()
AXES_ENABLE_ACCESS_FAILURE_LOG = False

# ---------------------------------------------------------------- what a browser may do
_HTTPS = environment.HTTPS.flag()
SECURE_SSL_REDIRECT = _HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS
SECURE_HSTS_PRELOAD = _HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in environment.ALLOWED_HOSTS.listed() if _HTTPS]
SESSION_COOKIE_NAME = "geogrid_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_AGE = 7 * 24 * 3600
CSRF_COOKIE_NAME = "geogrid_csrf"
X_FRAME_OPTIONS = "DENY"  # for old browsers; others obey frame-ancestors below
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [SELF, *environment.EMBEDDERS.listed()],
    },
}

# ---------------------------------------------------------------- log
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": environment.LOG_LEVEL.text()},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "axes": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
    },
}
