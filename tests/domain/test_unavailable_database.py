"""A lost database is a 503 that says when to come back, for people and for programs."""

import pytest
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from geogrid.config import health
from geogrid.config.middleware import DatabaseDown


@pytest.mark.parametrize("problem", [OperationalError, InterfaceError])
@pytest.mark.parametrize("path", ["/map/jinghu/", "/api/where", "/feed/grids.geojson", "/readyz"])
def test_answers_503_with_retry_after(problem: type[Exception], path: str) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise problem("terminating connection due to administrator command")

    response = DatabaseDown(view)(RequestFactory().get(path))
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert response["Cache-Control"] == "no-store"
    assert "administrator" not in response.content.decode()


def test_a_page_speaks_both_languages() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise OperationalError("no connection")

    page = DatabaseDown(view)(RequestFactory().get("/")).content.decode()
    assert "数据" in page or "服务" in page
    assert "again" in page or "moment" in page


def test_programs_get_the_coded_error() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise OperationalError("no connection")

    response = DatabaseDown(view)(RequestFactory().get("/api/where"))
    assert b'"code": "unavailable"' in response.content


def test_other_errors_pass() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise ValueError

    with pytest.raises(ValueError):
        DatabaseDown(view)(RequestFactory().get("/"))


def test_healthz_asks_no_database(client: Client) -> None:
    # Without a database fixture any query would fail this test.
    assert health.healthz(RequestFactory().get("/healthz")).status_code == 200
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_readyz_asks_it(client: Client) -> None:
    assert client.get("/readyz").json() == {"ready": True}
