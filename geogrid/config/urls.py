"""Which desk answers which path. Each desk's own urls.py holds the rest."""

from functools import partial

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import include, path
from django.views import defaults
from django.views.i18n import JavaScriptCatalog

from geogrid.config import health
from geogrid.desks.entrance import SignIn

handler400 = partial(defaults.bad_request, template_name="errors/400.html")
handler403 = partial(defaults.permission_denied, template_name="errors/403.html")
handler404 = partial(defaults.page_not_found, template_name="errors/404.html")
handler500 = partial(defaults.server_error, template_name="errors/500.html")

DESKS = [
    ("", "resident"),
    ("plan/", "planner"),
    ("patrol/", "patrol"),
    ("office/", "office"),
    ("ground/", "ground"),
    ("", "api"),
]
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("accounts/login/", SignIn.as_view(), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("jsi18n/", JavaScriptCatalog.as_view(), name="javascript-catalog"),
    path("admin/", admin.site.urls),
]
# The demo's home page goes first, so that it takes "" from the resident's desk.
urlpatterns += [
    path(prefix, include(f"geogrid.desks.{desk}.urls"))
    for prefix, desk in ([("", "demo")] if settings.DEMO else []) + DESKS
]
