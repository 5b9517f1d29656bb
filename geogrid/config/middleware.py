"""Answers that hold for every page: the database is away, and what a browser may use."""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.template.exceptions import TemplateDoesNotExist

log = logging.getLogger(__name__)
Answer = Callable[[HttpRequest], HttpResponse]
RETRY_AFTER_SECONDS = 5
PLAIN_PAGE = (
    "<!doctype html><html lang='zh-Hans'><meta charset='utf-8'><title>GeoGrid</title>"
    "<h1>服务暂时不可用</h1><p>数据库正在恢复，请稍后刷新本页。</p>"
    "<h1 lang='en'>Not available for a moment</h1>"
    "<p lang='en'>The database is coming back. Please reload this page shortly.</p></html>"
)
MACHINE_PATHS = ("/api/", "/feed/", "/readyz")


class DatabaseDown:
    """Turns a lost database into 503 with Retry-After and a page that a person can read.

    Django raises OperationalError while connecting and InterfaceError on a connection that died;
    both pass once the server is back, without a restart.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError) as problem:
            return self.unavailable(request, problem)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if isinstance(problem, (OperationalError, InterfaceError)):
            return self.unavailable(request, problem)
        return None

    def unavailable(self, request: HttpRequest, problem: Exception) -> HttpResponse:
        # Sessions, language and user may all need the database: the page is drawn from nothing.
        log.error("database unavailable for %s: %s", request.path, str(problem).strip())
        response: HttpResponse
        if request.path.startswith(MACHINE_PATHS):
            response = JsonResponse(
                {
                    "code": "unavailable",
                    "message": "The database is coming back; try again shortly.",
                    "data": {"retry_after": RETRY_AFTER_SECONDS},
                },
                status=503,
            )
        else:
            response = HttpResponse(_page(), status=503)
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        response["Cache-Control"] = "no-store"
        return response


def _page() -> str:
    try:
        return loader.render_to_string("errors/503.html")
    except TemplateDoesNotExist:
        return PLAIN_PAGE


class EnglishForOthers:
    """Speaks English to browsers that ask for neither Chinese nor English.

    Django would answer a German or French browser in the default language, Chinese. A browser that
    names no language at all still gets the default.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.META.get("HTTP_ACCEPT_LANGUAGE", "").lower()
        wanted = [part.split(";")[0].strip() for part in asked.split(",") if part.strip(" *")]
        if wanted and not any(tag.startswith(("zh", "en")) for tag in wanted):
            request.META["HTTP_ACCEPT_LANGUAGE"] = "en"
        return self.get_response(request)


class PermissionsPolicy:
    """Only position and camera are ever asked for, and only by GeoGrid's own pages."""

    policy = "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()"

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", self.policy)
        return response
