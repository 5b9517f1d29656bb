"""What the web server calls."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "geogrid.config.settings.prod")
application = get_wsgi_application()

from geogrid.config.checks import refuse_open_demo  # noqa: E402  (needs the loaded apps)

refuse_open_demo()
