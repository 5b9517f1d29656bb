"""Portraits with a recorded basis, and drawn ones that stand in until then. Nobody's face."""

from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

SKIN = ("#F0CDB0", "#E5B893", "#F3D6BE")
HAIR = ("#2B2624", "#3B2F2A", "#55504E")
CLOTHES = ("#0B5F59", "#2B5C93", "#5B6B74")
GROUND = ("#DDEBE7", "#E3E9F1", "#EEE8DD")

LONG_HAIR_BACK = '<path d="M24 74V44a24 24 0 0 1 48 0v30z" fill="{}"/>'
LONG_HAIR_FRONT = (
    '<path d="M29 48c-1-20 8-28 19-28s20 8 19 28c-3-9-6-14-10-17-6 5-17 7-22 7-3 3-5 6-6 10z"'
    ' fill="{}"/>'
)
SHORT_HAIR = (
    '<path d="M29 45c-3-18 7-27 19-27s22 9 19 27c-2-6-4-9-6-12-8 2-18 2-26 0-3 3-5 6-6 12z"'
    ' fill="{}"/>'
)
BODY = (
    '<path d="M8 98c2-19 17-27 40-27s38 8 40 27z" fill="{clothes}"/>'
    '<path d="M30 74 48 92 66 74 60 70H36z" fill="#fff" opacity=".92"/>'
    '<path d="M40 60h16v12q-8 8-16 0z" fill="{skin}"/>'
    '<ellipse cx="48" cy="46" rx="18" ry="21" fill="{skin}"/>'
)
EYES_AND_MOUTH = mark_safe(
    '<path d="M40 47v2M56 47v2" stroke="#2B2624" stroke-width="3" stroke-linecap="round"/>'
    '<path d="M42 57q6 4.5 12 0" stroke="#8A4B38" stroke-width="2" fill="none"'
    ' stroke-linecap="round"/>'
)
GLASSES = mark_safe(
    '<path d="M33 48a6 6 0 1 0 12 0 6 6 0 1 0-12 0M51 48a6 6 0 1 0 12 0 6 6 0 1 0-12 0M45 47h6"'
    ' fill="none" stroke="#3D4744" stroke-width="1.6"/>'
)


def drawn_face(number: int, size: int) -> SafeString:
    """Return an SVG of `size` px; the same number is always the same face."""
    skin, hair = SKIN[number % 3], HAIR[(number >> 1) % 3]
    long_hair = number % 2 == 1
    return format_html(
        '<svg class="face" width="{size}" height="{size}" viewBox="0 0 96 96" aria-hidden="true">'
        '<rect width="96" height="96" fill="{ground}"/>'
        "{back}{body}{front}{features}{glasses}</svg>",
        size=size,
        ground=GROUND[number % 3],
        back=format_html(LONG_HAIR_BACK, hair) if long_hair else "",
        body=format_html(BODY, clothes=CLOTHES[(number * 2) % 3], skin=skin),
        front=format_html(LONG_HAIR_FRONT if long_hair else SHORT_HAIR, hair),
        features=EYES_AND_MOUTH,
        glasses=GLASSES if number % 4 == 2 else "",
    )


def vacant_face(size: int) -> SafeString:
    """Return the grey outline shown where nobody holds the post."""
    return format_html(
        '<svg class="face vacant" width="{0}" height="{0}" viewBox="0 0 96 96" aria-hidden="true">'
        '<rect width="96" height="96" fill="#F1F1EC"/><g fill="none" stroke="#7A8681"'
        ' stroke-width="2.5" stroke-dasharray="5 5"><ellipse cx="48" cy="44" rx="18" ry="21"/>'
        '<path d="M10 98c2-19 17-26 38-26s36 7 38 26"/></g></svg>',
        size,
    )


def real_face(picture: UUID, size: int) -> SafeString:
    """Return a worker's portrait; the name stands beside it, so it is silent."""
    return format_html(
        '<img class="face" src="{0}" width="{1}" height="{1}" alt="">',
        reverse("resident:portrait", args=[picture]),
        size,
    )
