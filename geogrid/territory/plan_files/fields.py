"""Which column of a file means what: guessed from headers in English and Chinese, or told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from layers.intake.errors import Unusable

__all__ = ["HEADERS", "guess_fields", "joined"]

# Headers by meaning, the most telling first; compared without case, blanks, _ and -.
HEADERS: dict[str, tuple[str, ...]] = {
    "code": (
        "code", "gridcode", "gridid", "gridno", "网格编码", "网格代码", "网格编号", "网格号",
        "编码", "代码", "编号", "wgbm", "wgdm", "wgbh", "id", "bm", "bh",
    ),
    "name": (
        "name", "gridname", "title", "网格名称", "网格名", "社区名称", "单元名称", "名称", "wgmc",
        "mc", "名字",
    ),
    "label": ("label", "gridlabel", "标注", "图上编号", "序号", "简称"),
    "parent": (
        "parent", "parentcode", "community", "communityname", "quarter", "上级编码", "上级网格",
        "上级", "所属社区编码", "所属社区", "所属村居", "所属村社区", "社区编码", "社区", "村居",
        "所属街道", "sssq", "sqmc", "sjbm", "parentname", "parentnam",
    ),
    "level": ("level", "depth", "gridlevel", "层级", "级别", "网格级别", "网格层级", "wgjb"),
    "kind": (
        "kind", "type", "gridtype", "网格类型", "网格类别", "网格性质", "类型", "类别", "wglx",
    ),
    "lineage": ("lineage", "uuid", "globalid", "沿革标识", "唯一标识", "永久标识"),
    "pieces_reason": ("piecesreason", "pieceswhy", "飞地原因", "飞地说明"),
}  # fmt: skip
NOISE = re.compile(r"[\s_\-—()（）]+")
CUT = 9  # bytes from which a Shapefile may have cut a header
HAN = re.compile(r"[一-鿿]")


def guess_fields(columns: Sequence[str], told: Mapping[str, str] | None = None) -> dict[str, str]:
    """The column that holds each meaning, as far as it is told or recognised.

    Parameters
    ----------
    columns : sequence of str
        Headers in the order of the file.
    told : mapping of str to str, optional
        Meaning to column; an empty column means "there is none".

    Raises
    ------
    Unusable
        When a meaning or a column is told that does not exist.
    """
    found: dict[str, str] = {}
    for meaning, column in (told or {}).items():
        if meaning not in HEADERS:
            raise Unusable(
                _("--field %(meaning)s: choose one of %(known)s.")
                % {"meaning": meaning, "known": ", ".join(HEADERS)}
            )
        if column and column not in columns:
            raise Unusable(
                _("--field %(meaning)s=%(column)s: there is no such field, but: %(known)s.")
                % {"meaning": meaning, "column": column, "known": ", ".join(columns)}
            )
        found[meaning] = column
    free = [column for column in columns if column not in found.values()]
    for exact in (True, False):
        for meaning, headers in HEADERS.items():
            if meaning in found:
                continue
            hit = _first(free, headers, exact=exact)
            if hit is not None:
                found[meaning] = hit
                free.remove(hit)
    return {meaning: column for meaning, column in found.items() if column}


def joined(columns: Mapping[str, list[Any]], name: str) -> list[Any]:
    """The values of a field, with the rest of long texts that a Shapefile keeps in `name_2`."""
    values = columns[name]
    more = columns.get(f"{name[:8]}_2")
    if more is None or not any(isinstance(rest, str) and rest for rest in more):
        return values
    full = [isinstance(v, str) and len(v.encode()) > 250 for v in values]
    return [
        f"{value}{rest}" if whole and isinstance(rest, str) else value
        for value, rest, whole in zip(values, more, full, strict=True)
    ]


def _first(columns: Sequence[str], headers: Sequence[str], *, exact: bool) -> str | None:
    plain = {column: NOISE.sub("", column).lower() for column in columns}
    for header in headers:
        for column, word in plain.items():
            if word == header or (not exact and _cut_from(word, header)):
                return column
    return None


def _cut_from(word: str, header: str) -> bool:
    """Whether a header in Chinese was cut to the ten bytes of a Shapefile's field."""
    return bool(
        len(word) > 1 and HAN.match(word) and header.startswith(word) and len(word.encode()) >= CUT
    )
