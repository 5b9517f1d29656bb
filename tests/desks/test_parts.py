"""The shared template tags and filters, and the pages that must render without anything."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from geogrid.desks.templatetags import words
from geogrid.desks.templatetags.parts import SPRITE_FILE, symbols

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def render(source: str, **context: object) -> str:
    return Template("{% load parts words %}" + source).render(Context(context))


def test_icon_points_into_the_sprite() -> None:
    assert '#i-phone"' in render('{% icon "phone" %}')
    assert 'class="i s"' in render('{% icon "phone" "s" %}')


@pytest.mark.parametrize(
    "tag", ['{% icon "telephone" %}', '{% badge "cat" %}', '{% icon "phone" "xxl" %}']
)
def test_what_is_not_drawn_is_an_error(tag: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        render(tag)


def test_sprite_is_whole() -> None:
    drawn = ElementTree.parse(SPRITE_FILE).getroot().findall("{http://www.w3.org/2000/svg}symbol")  # noqa: S314
    assert len(drawn) == len(symbols())
    assert {"p-hazard", "p-hazard-overdue", "p-school", "p-pin", "i-locate"} <= symbols()


def test_the_same_worker_always_has_the_same_face() -> None:
    assert render("{% face 7 40 %}") == render("{% face 7 40 %}")
    assert render("{% face 7 40 %}") != render("{% face 8 40 %}")
    assert "vacant" in render("{% face nobody 40 %}", nobody=None)


def test_parts_need_no_inline_style() -> None:
    for tag in ("{% face 3 72 %}", "{% mark 36 %}", '{% badge "hazard" %}', '{% icon "map" %}'):
        assert "style" not in render(tag)


def test_query_of_a_page_keeps_the_rest() -> None:
    request = RequestFactory().get("/office/?state=new&page=3")
    shown = render("{% querystring_of page=4 %}", request=request)
    assert shown in {"?state=new&amp;page=4", "?state=new&page=4"}
    gone = render('{% querystring_of page="" state="" %}', request=request)
    assert gone == "?"


@pytest.mark.parametrize(
    ("language", "expected"),
    [("zh-hans", "学校"), ("en", "School")],
)
def test_vocabulary_is_named_in_the_readers_language(language: str, expected: str) -> None:
    row = SimpleNamespace(name_zh="学校", name_en="School")
    with translation.override(language):
        assert words.localname(row) == expected


def test_a_missing_name_falls_back_to_the_other_language() -> None:
    with translation.override("en"):
        assert words.localname(SimpleNamespace(name_zh="窨井盖", name_en="")) == "窨井盖"


@pytest.mark.parametrize(
    ("length", "shown"),
    [
        (0, "0 m"),
        (57.6, "58 m"),
        (183, "180 m"),
        (994, "990 m"),
        (996, "1.0 km"),
        (23_400, "23 km"),
    ],
)
def test_metres(length: float, shown: str) -> None:
    with translation.override("en"):
        assert words.metres(length) == shown


@pytest.mark.parametrize(
    ("degrees", "shown"), [(0, "正北"), (44, "东北"), (181, "正南"), (337.6, "正北"), (271, "正西")]
)
def test_directions_in_chinese(degrees: float, shown: str) -> None:
    with translation.override("zh-hans"):
        assert words.bearing(degrees) == shown


@pytest.mark.parametrize(
    ("left", "shown", "marked"),
    [
        (timedelta(days=-1, hours=-2), "超期 1 天 2 小时", "late"),
        (timedelta(hours=6), "还有 6 小时", "soon"),
        (timedelta(days=4, hours=3), "还有 4 天", ""),
        (timedelta(minutes=12), "还有 12 分钟", "soon"),
    ],
)
def test_deadlines_in_chinese(left: timedelta, shown: str, marked: str) -> None:
    with translation.override("zh-hans"):
        assert words.due(NOON + left, NOON) == shown
        assert words.due_class(NOON + left, NOON) == marked


def test_deadlines_in_english() -> None:
    with translation.override("en"):
        assert words.due(NOON - timedelta(hours=3), NOON) == "3 hours overdue"
        assert words.ago(NOON - timedelta(hours=25), NOON) == "1 day ago"
        assert words.ago(NOON, NOON) == "just now"


@pytest.mark.parametrize("page", ["500", "503"])
def test_pages_of_last_resort_need_no_context_and_no_database(page: str) -> None:
    html = render_to_string(f"errors/{page}.html")
    assert 'lang="zh-Hans"' in html
    assert 'lang="en"' in html
    assert "style=" not in html


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "expected"), [("zh-hans", "没有这一页"), ("en", "There is no such page")]
)
def test_a_missing_page_says_so_in_the_readers_language(
    client: object, language: str, expected: str
) -> None:
    answer = client.get("/no/such/page/", headers={"accept-language": language})  # type: ignore[attr-defined]
    assert answer.status_code == 404
    assert expected in answer.content.decode()
    assert re.search(r'<html lang="(zh-Hans|en)"', answer.content.decode())
