"""Tags for the parts of the look: icons, place badges, faces, the mark.

{% load parts %}
{% icon "phone" %}  {% icon "phone" "s" %}      16, 20 or 24 px: "s", "", "l", "xl"
{% badge "hazard" 28 %}                         school health shop public hydrant hazard
                                                hazard-overdue case pin
{% face worker.face 72 %}                       None draws a vacancy
{% face post.face 72 post.portrait %}           the portrait itself, where it may be shown
{% mark 36 %}
{% querystring_of page=2 %}                     this page's query with some of it replaced
"""

import re
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from geogrid.desks.templatetags.faces import drawn_face, real_face, vacant_face

register = template.Library()

SPRITE = "geogrid/img/icons.svg"
SPRITE_FILE = Path(__file__).resolve().parents[1] / "static" / SPRITE
SIZES = {"", "s", "l", "xl"}
BADGE_PX = 22
HAZARD_OVERDUE = "hazard-overdue"


@cache
def symbols() -> frozenset[str]:
    """The ids in the sprite, so that a misspelt name fails where it is written."""
    return frozenset(re.findall(r'<symbol id="([^"]+)"', SPRITE_FILE.read_text()))


def _known(symbol: str) -> str:
    if symbol not in symbols():
        raise template.TemplateSyntaxError(f"there is no {symbol!r} in {SPRITE}")
    return symbol


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """An icon in the colour of the text around it; silent: put a word or aria-label beside it."""
    if size not in SIZES:
        raise template.TemplateSyntaxError(f"an icon is one of {sorted(SIZES)}, not {size!r}")
    return format_html(
        '<svg class="i{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f" {size}" if size else "",
        static(SPRITE),
        _known(f"i-{name}"),
    )


@register.simple_tag
def badge(kind: str, size: int = BADGE_PX) -> SafeString:
    """A place's badge: its shape says what it is, so it needs a word beside it all the same."""
    return format_html(
        '<svg class="badge" width="{0}" height="{0}" aria-hidden="true">'
        '<use href="{1}#{2}"/></svg>',
        size,
        static(SPRITE),
        _known(f"p-{kind}"),
    )


@register.simple_tag
def face(number: int | None, size: int = 72, picture: UUID | None = None) -> SafeString:
    """A portrait that may be shown, else a drawn one; `None` is a post that nobody holds."""
    if number is not None and picture is not None:
        return real_face(picture, size)
    return vacant_face(size) if number is None else drawn_face(int(number), size)


@register.simple_tag
def mark(size: int = 28) -> SafeString:
    """GeoGrid's mark; silent, since the name stands beside it."""
    return format_html(
        '<svg class="mark" width="{0}" height="{0}" viewBox="0 0 28 28" aria-hidden="true">'
        '<rect width="28" height="28" rx="8" fill="#0B5F59"/>'
        '<path d="M6 10.5 12.5 6 22 9v9.5L15 22 6 19zM12.5 6l1.5 8 8-.5M14 14l-8 1M14 14l1 8"'
        ' fill="none" stroke="#fff" stroke-width="1.6" stroke-linejoin="round"/></svg>',
        size,
    )


@register.simple_tag(takes_context=True)
def querystring_of(context: template.Context, **changes: Any) -> str:
    """`?...` of this page with `changes`; a value of None or "" drops the name."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}" if query else "?"
