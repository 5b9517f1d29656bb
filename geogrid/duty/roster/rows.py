"""What a row of a roster says, before anybody looks whether it can be so. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Self

from geogrid.duty.phones import CHINA, as_written, digits_of, id_number, plausible
from geogrid.duty.roster.columns import Columns, columns_of
from geogrid.duty.roster.errors import NoHeader
from geogrid.duty.roster.problems import Problem
from geogrid.duty.roster.reading import Cell, Table, letters, read_tables

__all__ = ["Listed", "Row", "read_list", "rows_of"]

VACANT = {
    "暂缺", "空缺", "缺", "缺岗", "待招", "待定", "招录中", "无", "vacant", "vacancy", "nobody",
    "-", "—", "–", "/",
}  # fmt: skip
ACTING = {"代管", "代理", "代", "acting", "临时代管"}
TIERS = {
    "a": "A", "a角": "A", "主": "A", "主岗": "A", "first": "A", "1": "A", "第一责任人": "A",
    "b": "B", "b角": "B", "副": "B", "备岗": "B", "standin": "B", "2": "B", "替补": "B",
}  # fmt: skip
LONGEST = {"name": 80, "duties": 300, "hours": 120, "note": 200}
SHORTENED = re.compile(r"^\d[.,]\d+e\+?\d+$", re.IGNORECASE)
SPLIT_GRIDS = re.compile(r"[、,，;；\n]+")
# A comma parts people in Chinese; elsewhere it parts the family name from the first one.
SPLIT_NAMES = re.compile(r"[、;；/\n]|(?<=[一-鿿])\s*[,，]|\s+(?:和|及|and|und)\s+")
EXAMPLE = re.compile(r"^[(（]?(?:示例|例[:：]|example)", re.IGNORECASE)  # the template's own row
DATE = (
    re.compile(r"^(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?$"),
    re.compile(r"^(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})$"),
)


@dataclass(slots=True)
class Row:
    """`number` is the row in the file. `tier` is A or B, `vacant` says that nobody holds the post.

    `since` is a day or ""; `grids` are texts as they stand there.
    """

    number: int
    name: str = ""
    phone: str = ""
    role: str = ""
    grids: list[str] = field(default_factory=list)
    community: str = ""
    tier: str = "A"
    acting: bool = False
    vacant: bool = False
    duties: str = ""
    hours: str = ""
    since: str = ""
    note: str = ""
    problems: list[Problem] = field(default_factory=list)

    def packed(self) -> dict[str, Any]:
        """Everything as plain values, to be signed and carried by the person's own browser."""
        packed = asdict(self)
        packed["problems"] = [[problem.code, dict(problem.data)] for problem in self.problems]
        return {name: value for name, value in packed.items() if value not in ("", [], False)}

    @classmethod
    def unpacked(cls, packed: dict[str, Any]) -> Self:
        problems = [Problem(code, data) for code, data in packed.get("problems", [])]
        return cls(**{**packed, "problems": problems})


@dataclass(slots=True)
class Listed:
    """A roster as it was read: the sheet's title, its columns, its rows."""

    title: str
    columns: Columns
    rows: list[Row]


def read_list(
    content: bytes, told: Mapping[int, str] | None = None, *, country: str = CHINA
) -> Listed:
    """Read the first sheet of a file that has a header; see `columns_of` for `told`.

    `country` is whose telephone numbers they are, see `geogrid.duty.phones`. Raises TableRefused.
    """
    refused: NoHeader | None = None
    for table in read_tables(content):
        try:
            columns = columns_of(table, told)
        except NoHeader as refusal:
            refused = refused or refusal
            continue
        return Listed(table.title, columns, rows_of(table, columns, country))
    raise refused or NoHeader(seen="–")


def rows_of(table: Table, columns: Columns, country: str = CHINA) -> list[Row]:
    """Read every row below the header that says anything in a column that is read."""
    found = []
    for at in range(columns.row + 1, len(table.rows)):
        cells = table.rows[at]
        said = {kind: cells[column.at] if column.at < len(cells) else Cell()
                for kind, column in columns.read.items()}  # fmt: skip
        if EXAMPLE.match(said["name"].text):
            continue
        if any((cell.text and not cell.merged) or cell.formula for cell in said.values()):
            found.append(_row(at + 1, said, columns, country))
    return found


def _row(number: int, said: dict[str, Cell], columns: Columns, country: str) -> Row:
    row = Row(number)
    for kind, cell in said.items():
        place = f"{letters(columns.read[kind].at)}{number}"
        if cell.formula:
            row.problems.append(Problem("formula", {"cell": place}))
        elif id_number(cell.text, sure=kind == "grid" or country != CHINA):
            row.problems.append(Problem("id_number", {"cell": place}))
        else:
            if cell.merged and cell.text:
                row.problems.append(Problem("merged", {"cell": place}))
            if len(cell.text) > LONGEST.get(kind, 200):
                most = LONGEST.get(kind, 200)
                row.problems.append(Problem("too_long", {"cell": place, "most": most}))
            elif kind == "phone":
                _phone(row, cell.text, place, country)
            else:
                READ[kind](row, cell.text, place)
    if not row.name and not row.vacant and not row.problems:
        row.problems.append(Problem("name_missing"))
    return row


def _name(row: Row, text: str, place: str) -> None:
    name = " ".join(unicodedata.normalize("NFKC", text).split())
    if re.fullmatch(r"[一-鿿](?:\s[一-鿿])+", name):
        name = name.replace(" ", "")  # 王 芳: two letters spread to the width of three
    if name.casefold() in VACANT:
        row.vacant = True
        row.note = row.note or (name if len(name) > 1 else "")
    elif len([part for part in SPLIT_NAMES.split(name) if part.strip()]) > 1:
        row.problems.append(Problem("several_names", {"text": name[:60]}))
    elif re.search(r"\d{3,}|[=<>@]|https?:", name):
        row.problems.append(Problem("name_odd", {"text": re.sub(r"\d{3,}", "…", name)[:40]}))
    else:
        row.name = name


def _phone(row: Row, text: str, place: str, country: str) -> None:
    if not text or text in ("-", "无", "/", "—"):
        return
    parts = re.split(r"[、,，;；/\s]+", text)
    if SHORTENED.match(text):
        row.problems.append(Problem("phone_shortened", {"cell": place}))
    elif plausible(text, country):
        row.phone = as_written(text)
    elif len([part for part in parts if plausible(part, country)]) > 1:
        row.problems.append(Problem("phone_several"))
    else:
        code = "phone_odd" if country == CHINA else "phone_odd_elsewhere"
        row.problems.append(Problem(code, {"digits": len(digits_of(text))}))


def _grids(row: Row, text: str, place: str) -> None:
    row.grids = list(dict.fromkeys(p.strip() for p in SPLIT_GRIDS.split(text) if p.strip()))


def _tier(row: Row, text: str, place: str) -> None:
    folded = re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", text)).casefold()
    if folded in ACTING:
        row.acting = True
    elif folded in TIERS:
        row.tier = TIERS[folded]
    elif folded:
        row.problems.append(Problem("tier_unknown", {"text": text[:20]}))


def _since(row: Row, text: str, place: str) -> None:
    if not text:
        return
    for shape in DATE:
        if found := shape.match(unicodedata.normalize("NFKC", text).replace(" ", "")):
            try:
                day = date(int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                break
            row.since = day.isoformat()
            return
    row.problems.append(Problem("date_odd", {"text": text[:20]}))


def _note(row: Row, text: str, place: str) -> None:
    row.note = text or row.note


def _plain(kind: str) -> Any:
    def read(row: Row, text: str, place: str) -> None:
        setattr(row, kind, " ".join(text.split()))

    return read


READ: dict[str, Any] = {
    "name": _name,
    "grid": _grids,
    "tier": _tier,
    "since": _since,
    "note": _note,
    **{kind: _plain(kind) for kind in ("role", "community", "duties", "hours")},
}
