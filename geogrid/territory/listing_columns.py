"""The header of a list of grids: which column holds what, in the words offices use. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

__all__ = ["HEADERS", "UnreadableTable", "columns_of"]

# Folded: lower case, without blanks, brackets and dots.
HEADERS: dict[str, str] = {
    "code": """
        网格编码 网格编号 网格代码 网格号 编码 编号 代码
        code gridcode gridno gridnumber
        """,
    "grid": """
        网格名称 网格 网格名 所属网格 责任网格
        grid gridname
        """,
    "community": """
        社区 村 村社区 社区村 所属社区 社区名称 所属村社区 村居
        community village/community quarter parent
        """,
    "items": """
        范围 网格范围 覆盖范围 管辖范围 责任范围 划分范围 包含范围 包含区域 包含小区
        小区楼栋 街巷门牌 街路巷门牌 楼栋门牌 自然村 村组 村民小组 单位 辖区单位 驻区单位
        items range area covers contents includes addresses villages places
        """,
    "place": """
        小区 小区名称 街巷 街路巷 街路巷名称 道路 道路名称 街道路 路名 地址
        compound estate street streetname place address
        """,
    "numbers": """
        楼栋 楼栋号 楼号 栋号 门牌 门牌号 门牌号段 起止门牌 号码
        building buildings number numbers housenumber housenumbers
        """,
    "side": """
        单双号 单双 奇偶
        side parity odd/even oddeven
        """,
}
CONTENT = ("items", "place", "numbers")
DEEPEST = 20  # rows of titles above a header


class UnreadableTable(ValueError):
    """A table that is no list of grids; the message is one sentence for the person who gave it."""


def _fold(header: str) -> str:
    folded = unicodedata.normalize("NFKC", header).casefold()
    return re.sub(r"[\s()_:：*.]", "", folded)


def columns_of(
    table: list[list[str]], fields: Mapping[str, Sequence[str]]
) -> tuple[int, list[tuple[str, list[int]]]]:
    """Find the header of a table.

    Parameters
    ----------
    table : rows of cells
    fields : mapping
        Kind ("code", "grid", "community", "items", "place", "numbers", "side") -> headers, where
        they are told; the others are recognised.

    Returns
    -------
    row : int
        Index of the header.
    columns : list of (kind, indices of its columns)

    Raises
    ------
    UnreadableTable
        When no row names a grid and what belongs to it, or a told header is missing.
    """
    wanted = {kind: {_fold(name) for name in names.split()} for kind, names in HEADERS.items()}
    wanted |= {kind: {_fold(name) for name in names} for kind, names in fields.items()}
    for number, row in enumerate(table[:DEEPEST]):
        folded = [_fold(cell) for cell in row]
        columns = [
            (kind, [at for at, cell in enumerate(folded) if cell in names])
            for kind, names in wanted.items()
        ]
        kinds = {kind for kind, places in columns if places}
        if kinds & {"code", "grid"} and kinds & set(CONTENT):
            for kind, names in fields.items():
                missing = [name for name in names if _fold(name) not in folded]
                if missing:
                    raise UnreadableTable(
                        _("The table has no column %(column)s for %(kind)s.")
                        % {"column": missing[0], "kind": kind}
                    )
            return number, [(kind, places) for kind, places in columns if places]
    asked = [name for names in fields.values() for name in names]
    if asked:
        raise UnreadableTable(
            _("No row of the table has the columns %(columns)s.") % {"columns": ", ".join(asked)}
        )
    raise UnreadableTable(
        _(
            "No row of the table names its columns: one for the grid (网格名称, grid) and one for "
            "what belongs to it (范围, 小区, 街巷, items, street) are needed."
        )
    )
