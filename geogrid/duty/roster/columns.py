"""Which column of a roster holds what, in the words offices use; and which are never read. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from geogrid.duty.phones import id_number
from geogrid.duty.roster.errors import NoHeader
from geogrid.duty.roster.reading import Table, letters

__all__ = ["KINDS", "Column", "Columns", "columns_of"]

# Folded: lower case, without blanks, brackets and dots. The first of each is the template's.
KINDS: dict[str, str] = {
    "name": "姓名 名字 人员 人员姓名 网格员姓名 工作人员 name fullname worker workername",
    "phone": """
        值守电话 值班电话 公示电话 联系电话 电话 电话号码 手机 手机号 手机号码 联系方式 联络电话
        dutyphone phone telephone tel mobile phonenumber contact
        """,
    "role": "角色 岗位 职务 身份 人员类别 人员类型 网格职务 role post position function",
    "grid": """
        网格 网格名称 网格编码 网格编号 网格号 所属网格 责任网格 负责网格 包保网格
        grid gridname gridcode gridno gridnumber grids
        """,
    "community": "社区 所属社区 村社区 社区村 村居 村 community village quarter",
    "tier": "a/b角 ab角 a角b角 ab 角 主副 a/b ab tier a/borb aorb firstorstandin",
    "duties": "职责 工作职责 岗位职责 主要职责 duties tasks responsibilities",
    "hours": "值守时间 值班时间 工作时间 服务时间 hours dutyhours workinghours",
    "since": "起始日期 开始日期 上岗日期 任职日期 生效日期 自 from fromdate since startdate start",
    "note": "备注 说明 原因 空缺原因 note notes remark remarks reason vacancyreason",
}
SERIAL = {"序号", "no", "nr", "number", "编号", "#"}
ID_HEADER = re.compile(
    r"身份证|证件号|公民身份|身份号码|idnumber|idcard|idno|identity|nationalid|passport|护照"
)
PRIVATE_HEADER = re.compile(
    r"出生|生日|年龄|性别|民族|籍贯|住址|家庭|政治面貌|党员|学历|婚姻|银行|工资|健康|宗教"
    r"|birth|age$|gender|sex|ethnic|homeaddress|party|religion|bank|salary|health|marital"
)
DEEPEST = 20  # rows of titles above a header
ALIKE = 84  # of 100: 联络电话号 is 联络电话


@dataclass(frozen=True, slots=True)
class Column:
    """`guessed`: the header is only like a known one. `merged_titles` count as one header."""

    at: int
    header: str
    kind: str = ""
    guessed: bool = False

    @property
    def letter(self) -> str:
        return letters(self.at)


@dataclass(slots=True)
class Columns:
    """The header of a table: row `row` (from 0), the columns read, struck out and passed over.

    `ids` hold ID numbers or say so, `private` other personal data; neither is ever read.
    """

    row: int
    read: dict[str, Column] = field(default_factory=dict)
    ids: list[Column] = field(default_factory=list)
    private: list[Column] = field(default_factory=list)
    passed: list[Column] = field(default_factory=list)

    @property
    def all(self) -> list[Column]:
        rows = [*self.read.values(), *self.ids, *self.private, *self.passed]
        return sorted(rows, key=lambda column: column.at)


def columns_of(table: Table, told: Mapping[int, str] | None = None) -> Columns:
    """Find the header of a table and what its columns hold.

    Parameters
    ----------
    told : mapping
        Index of a column -> kind, as a person corrected it; "" passes it over. A column of ID
        numbers stays struck out, whatever is told.

    Raises NoHeader.
    """
    best: tuple[int, list[Column]] | None = None
    for number, row in enumerate(table.rows[:DEEPEST]):
        found = [_known(at, cell.text) for at, cell in enumerate(row)]
        kinds = {column.kind for column in found if column.kind}
        if "name" in kinds and len(kinds) >= 2 and (best is None or len(kinds) > _width(best[1])):
            best = number, found
    if best is None:
        texts = ([cell.text for cell in row if cell.text] for row in table.rows[:DEEPEST])
        fullest = max(texts, key=len, default=[])
        raise NoHeader(seen=", ".join(_short(text) for text in fullest[:8]) or "–")
    return _sorted(table, *best, told or {})


def _sorted(table: Table, row: int, found: list[Column], told: Mapping[int, str]) -> Columns:
    columns = Columns(row)
    for column in found:
        kind = told.get(column.at, column.kind)
        folded = _fold(column.header)
        if ID_HEADER.search(folded) or _holds_ids(table, row, column, kind):
            columns.ids.append(column)
        elif kind and kind in KINDS and kind not in columns.read:
            guessed = column.guessed and column.at not in told
            columns.read[kind] = Column(column.at, column.header, kind, guessed)
        elif PRIVATE_HEADER.search(folded):
            columns.private.append(column)
        elif column.header and folded not in SERIAL:
            columns.passed.append(column)
    if "name" not in columns.read:
        raise NoHeader(seen=", ".join(_short(c.header) for c in found if c.header)[:200])
    return columns


def _known(at: int, header: str) -> Column:
    folded = _fold(header)
    if not folded or len(folded) > 24:
        return Column(at, header)
    words = {kind: [_fold(name) for name in names.split()] for kind, names in KINDS.items()}
    for kind, names in words.items():
        if folded in names:
            return Column(at, header, kind)
    if ID_HEADER.search(folded) or PRIVATE_HEADER.search(folded) or folded in SERIAL:
        return Column(at, header)
    near = max(
        ((fuzz.ratio(folded, name), kind) for kind, names in words.items() for name in names
         if len(name) > 2),
        default=(0, ""),
    )  # fmt: skip
    return Column(at, header, near[1], True) if near[0] >= ALIKE else Column(at, header)


def _holds_ids(table: Table, header: int, column: Column, kind: str) -> bool:
    """Grid codes are as long as ID numbers; single ones among phones are a matter of their row."""
    if kind in ("phone", "name"):
        return False
    cells = (row[column.at].text for row in table.rows[header + 1 :] if column.at < len(row))
    return any(id_number(text, sure=kind == "grid") for text in cells)


def _width(found: list[Column]) -> int:
    return len({column.kind for column in found if column.kind})


def _fold(header: str) -> str:
    folded = unicodedata.normalize("NFKC", header).casefold()
    return re.sub(r"[\s()（）_:：*.、\-]", "", folded)


def _short(text: str) -> str:
    """A header or what stands in its place: never long, never a number that could be somebody's."""
    return re.sub(r"\d{5,}", "…", text)[:24]
