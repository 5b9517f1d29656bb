"""Which language a browser is answered in before anybody has chosen one."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("zh-CN,zh;q=0.9", "zh-hans"),
        ("zh-TW", "zh-hans"),
        ("en-GB,en;q=0.8", "en"),
        ("de-DE,de;q=0.9", "en"),
        ("fr", "en"),
        ("de,zh;q=0.5", "zh-hans"),
        ("de,en;q=0.5", "en"),
        ("*", "zh-hans"),
        (None, "zh-hans"),
    ],
)
def test_the_first_language(asked: str | None, spoken: str) -> None:
    headers = {"Accept-Language": asked} if asked else {}
    page = Client(headers=headers).get("/accounts/login/")
    assert page.headers["Content-Language"] == spoken
