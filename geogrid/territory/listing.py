"""Read a division that is kept as a table: which grid answers for which streets. Pure.

    网格      范围
    第1网格   镜湖花园1-6号楼、8号楼；人民路1-99号单号，西岭村
    Grid 2    Rose Garden buildings 1-6; Main Street 2-48 even

becomes rows of items. An item is a name and, where said, numbers, a side of the street and
entrances: enough to find it on the ground, and its text, to be shown when it is not there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from django.utils.translation import gettext as _

from geogrid.territory.listed_words import NOTHING, Remark
from geogrid.territory.listing_columns import UnreadableTable, columns_of
from layers.geocoding.normalise import HAN, normalise

__all__ = [
    "GridRow",
    "Item",
    "Listing",
    "Side",
    "Span",
    "UnreadableTable",
    "cells_of",
    "items_of",
    "read_listing",
]


class Side(StrEnum):
    """One side of a street."""

    ODD = "odd"
    EVEN = "even"


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers from `first` to `last`, both included; `last` is None for "and above".

    `plate` is what was written where it could also be one plate ("3-4" is house 3-4, or 3 and 4).
    """

    first: int
    last: int | None
    plate: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One listed thing.

    Attributes
    ----------
    text : str
        As it was written (with its name where a piece such as "8号楼" left it out).
    name : str
        Compound, street, village or place, as written.
    spans : tuple of Span
        House or building numbers; empty for the whole of it.
    side : Side or None
    units : tuple of Span
        Entrances (单元) of one building.
    problem : Remark
        Why it cannot be looked for; empty where it can.
    """

    text: str
    name: str
    spans: tuple[Span, ...] = ()
    side: Side | None = None
    units: tuple[Span, ...] = ()
    problem: Remark = NOTHING


@dataclass(frozen=True, slots=True)
class GridRow:
    """One grid: its code and name (one of them may be empty), its community, its items.

    `line` is the line of the table where it begins, the first line being 1.
    """

    code: str
    name: str
    community: str
    items: tuple[Item, ...]
    line: int

    @property
    def title(self) -> str:
        """What to call the grid."""
        return self.name or self.code


@dataclass(frozen=True, slots=True)
class Listing:
    """The grids of a table, in its order, and the headers that were read as what."""

    grids: tuple[GridRow, ...]
    columns: Mapping[str, tuple[str, ...]]


TOTALS = re.compile(r"^(?:合计|总计|小计|共计|total|sum\b)")

SIDE_WORDS = "单[号数侧]|双[号数侧]|奇数|偶数"
# A blank parts 和顺路1-5号 桂园路2号, but not 和顺路1-5号 单号.
BLANK = rf"(?<=[号栋幢座楼数])\s+(?=[{HAN}])(?!{SIDE_WORDS}|以[上下前后]|全部|整)"
SEPARATORS = re.compile(rf"[、，,；;\n\r|]+|以及|{BLANK}")
DASH = r"(?:号|栋|幢|座|号楼|楼|单元|组|社)?\s*(?:-|至|到|\bto\b)\s*"
MARK = r"(?:号院|号楼|号|栋楼|栋|幢|座|楼|弄|院)"
NUMBER = r"\d{1,5}"
SPAN = rf"{NUMBER}[a-z]?(?:{DASH}{NUMBER}[a-z]?)?(?:\s*号?\s*[附之]\s*{NUMBER}\s*号?)?"
WORDS_BEFORE_NUMBERS = r"(?:buildings?|bldgs?\.?|blocks?|houses?|nos?\.?|numbers?|第)?"
TAIL = (
    rf"{WORDS_BEFORE_NUMBERS}\s*(?P<span>{SPAN})\s*(?P<mark>{MARK}?)"
    rf"\s*(?P<open>以上|以后|起|以下|以前|and above|and up|and below)?"
    rf"(?:\s*(?P<units>{SPAN})\s*(?:单元|units?|entrances?))?$"
)
NUMBERED = re.compile(rf"^(?P<name>.*?[^\W\d_].*?)\s*{TAIL}")
BARE = re.compile(rf"^(?P<name>){TAIL}")
NUMBER_FIRST = re.compile(rf"^(?P<span>{SPAN})\s+(?P<name>[a-zà-ÿ].*)$")
VILLAGE_GROUPS = re.compile(
    rf"^(?P<name>.*?)第?(?P<span>{NUMBER}(?:{DASH}{NUMBER})?)(?P<mark>组|社|队|村民小组)$"
)
SIDES = (
    (Side.ODD, re.compile(r"单号侧?|单数|奇数|\bodd(?:\s+(?:numbers|side))?\b")),
    (Side.EVEN, re.compile(r"双号侧?|双数|偶数|\beven(?:\s+(?:numbers|side))?\b")),
)
# "单侧" alone says one side without saying which; it is not read as odd.
WHOLE = re.compile(
    r"全部楼栋|全部|全域|整体|整个|全小区|全村|全街|所有楼栋"
    r"|^(?:the )?(?:whole|entire|all)(?: of)? (?:the )?|\b(?:whole|entire|all)$"
)
BORDER = re.compile(r"以[东西南北]|\b(?:north|south|east|west) of\b|东至|西至|南至|北至")
DASHES = re.compile(r"\s*[‐‑‒–—―－~〜～]+\s*")  # noqa: RUF001
BRACKETS = re.compile(r"[()\[\]【】〔〕「」]")  # noqa: RUF001


def read_listing(
    rows: Sequence[Sequence[object]],
    *,
    fields: Mapping[str, Sequence[str]] | None = None,
    columns: tuple[int, Sequence[tuple[str, Sequence[int]]]] | None = None,
) -> Listing:
    """Read a table.

    Parameters
    ----------
    rows : sequence of rows
        Cells as text, numbers or None; titles above the header and empty rows may be among them.
    fields : mapping, optional
        What to read ("code", "grid", "community", "items", "place", "numbers", "side") -> headers.
        Anything left out is recognised by its usual headers in Chinese and English.
    columns : (row of the header or -1, pairs of what to read and indices of its columns), optional
        Told by place instead: nothing is recognised.

    Returns
    -------
    Listing
        Rows of one grid are joined; an empty grid cell repeats the one above, as merged cells do.

    Raises
    ------
    UnreadableTable
        When no row is a header, a named column is missing, or no grid has an item.
    """
    table = cells_of(rows)
    header, told = columns or columns_of(table, fields or {})
    found: dict[tuple[str, str], GridRow] = {}
    above: dict[str, str] = {}
    for line, row in enumerate(table[header + 1 :], start=header + 2):
        if not any(row) or TOTALS.match("".join(row[:2]).casefold()):
            continue
        values = {kind: [row[at] for at in places if at < len(row)] for kind, places in told}
        key = _filled(values, above)
        if key is None:
            continue
        items = tuple(_row_items(values))
        known = found.get(key)
        if known is None:
            found[key] = GridRow(*key, above.get("community", ""), items, line)
        else:
            found[key] = replace(known, items=known.items + items)
    if not any(grid.items for grid in found.values()):
        raise UnreadableTable(_("The table lists no compound, street or village for any grid."))
    first = table[header] if header >= 0 else []
    heads = {
        kind: tuple(first[at] if at < len(first) else f"#{at + 1}" for at in places)
        for kind, places in told
    }
    return Listing(tuple(found.values()), heads)


def items_of(text: str) -> list[Item]:
    """Take one cell apart: "镜湖花园1、3栋；人民路2-48号双号" is three items.

    A piece that begins with a number belongs to the name before it; a side said after several
    pieces of one name holds for those before it whose numbers are on that side.
    """
    folded = DASHES.sub("-", unicodedata.normalize("NFKC", text)).replace("#", "号")
    items: list[Item] = []
    for piece in SEPARATORS.split(BRACKETS.sub(" ", folded)):
        cleaned = " ".join(piece.split()).strip(" .。:：")
        if cleaned:
            read = _read(cleaned, items[-1] if items else None)
            _say_side_before(items, read[0])
            items += read
    return items


def cells_of(rows: Sequence[Sequence[object]]) -> list[list[str]]:
    """Rows as texts, as they are compared and shown."""
    return [[_cell(value) for value in row] for row in rows]


def _cell(value: object) -> str:
    """A spreadsheet's 3.0 is a 3."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\ufeff", "").strip()


def _filled(values: Mapping[str, list[str]], above: dict[str, str]) -> tuple[str, str] | None:
    """Code and name of the row's grid; merged cells leave them to the row above."""
    code, name = (next(iter(values.get(kind, [])), "") for kind in ("code", "grid"))
    community = next(iter(values.get("community", [])), "")
    if community:
        above["community"] = community
    if code or name:
        above["code"], above["grid"] = code, name
    if not above.get("code") and not above.get("grid"):
        return None
    return above["code"], above["grid"]


def _row_items(values: Mapping[str, list[str]]) -> Iterable[Item]:
    for cell in values.get("items", []):
        yield from items_of(cell)
    places = [cell for cell in values.get("place", []) if cell]
    numbers = "、".join(cell for cell in values.get("numbers", []) if cell)
    side = " ".join(cell for cell in values.get("side", []) if cell)
    if not places:
        if numbers:
            yield from items_of(f"{numbers} {side}")
        return
    for cell in places:
        # Between a Latin name and its numbers a blank is read, and a Chinese one needs none.
        joined = f"{cell} {numbers} {side}".strip()
        items = items_of(joined)
        if numbers and len(items_of(cell)) > 1:
            problem = Remark("whose_numbers", {"names": cell, "numbers": numbers})
            yield Item(joined, cell, problem=problem)
        else:
            yield from items


def _read(text: str, before: Item | None) -> list[Item]:
    """Read one piece: one item, or one for each group of a village."""
    groups = VILLAGE_GROUPS.match(_arabic(text))
    if groups is None:
        return [_item(text, before)]
    village = groups["name"] or (VILLAGE_GROUPS.sub(r"\g<name>", before.name) if before else "")
    span = _span(groups["span"], "")
    numbers = range(span.first, (span.last or span.first) + 1)
    said = f"{village}{text}" if not groups["name"] else text
    return [Item(said, f"{village}{number}{groups['mark']}") for number in numbers]


def _item(text: str, before: Item | None) -> Item:
    """Read one piece that is no group; numbers without a name belong to the name `before`."""
    lowered = text.casefold()
    if BORDER.search(lowered):
        return Item(text, text, problem=Remark("border"))
    side = None
    for one, words in SIDES:
        if words.search(lowered):
            side, lowered = one, " ".join(words.sub(" ", lowered).split())
            break
    lowered = " ".join(WHOLE.sub(" ", lowered).split()) or lowered
    counted = _arabic(lowered)
    found = BARE.match(counted) or NUMBER_FIRST.match(counted) or NUMBERED.match(counted)
    if found is None:
        return Item(text, lowered, side=side)
    parts = found.groupdict()
    name = parts["name"].strip()
    if not name:
        if before is None or not before.name:
            return Item(text, "", problem=Remark("nameless"))
        name, text = before.name, f"{before.name}{text}"
    units = (_span(parts["units"], ""),) if parts.get("units") else ()
    return Item(text, name, (_span(parts["span"], parts.get("open") or ""),), side, units)


def _say_side_before(items: list[Item], item: Item) -> None:
    """A side said last holds for the pieces of the same name whose ends are on that side."""
    if item.side is None or not item.spans:
        return
    wanted = 1 if item.side is Side.ODD else 0
    for at in range(len(items) - 1, -1, -1):
        earlier = items[at]
        if earlier.name != item.name or earlier.side is not None or not earlier.spans:
            return
        ends = [end for span in earlier.spans for end in (span.first, span.last) if end is not None]
        if any(end % 2 != wanted for end in ends):
            return
        items[at] = replace(earlier, side=item.side)


def _arabic(text: str) -> str:
    """Write 十二栋 as 12栋; names keep their numerals, because only marked ones are numbers."""
    return re.sub(
        r"[〇零一二两三四五六七八九十百]+(?=\s*(?:号楼|号院|号|栋|幢|座|单元|组$|社$|队$|村民小组))",
        lambda found: normalise(f"{found[0]}号"),
        text,
    )


def _span(text: str, open_end: str) -> Span:
    """ "1-6" is a range, "6-1" and "12号附3" are plates, "12a" counts as 12."""
    sub = re.match(rf"({NUMBER})[a-z]?\s*号?\s*[附之]\s*({NUMBER})", text)
    if sub is not None:
        return Span(int(sub[1]), int(sub[1]), f"{sub[1]}-{sub[2]}")
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    first = numbers[0]
    if open_end:
        below = open_end in ("以下", "以前", "and below")
        return Span(0, first) if below else Span(first, None)
    if len(numbers) == 1:
        letter = re.search(r"\d([a-z])", text)
        return Span(first, first, f"{first}{letter[1]}" if letter else "")
    last = numbers[1]
    return (
        Span(first, last, f"{first}-{last}")
        if last > first
        else Span(first, first, f"{first}-{last}")
    )
