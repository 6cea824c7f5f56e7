"""Numbers of cells as text: as people see them, only that nothing is rounded for lack of room."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from customers.importing.workbooks.xml import Attributes

# What a format makes of a number; "0000" stands for itself.
PLAIN, DAY, SPAN, PERCENT = "", "day", "span", "percent"
# Formats that every program knows by number (ISO/IEC 29500-1 §18.8.30).
BUILT_IN = {
    **dict.fromkeys([9, 10], PERCENT),
    **dict.fromkeys([*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)], DAY),
    46: SPAN,
}
# Excel's own limit. What follows is not read: it may be made to take hours.
LONGEST_CODE = 255
LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')
IN_BRACKETS = re.compile(r"\[[^\]]*\]")
ELAPSED = re.compile(r"\[(h+|m+|s+)\]")
ZEROS = re.compile(r"0{2,}\Z")
LETTERS_OF_DAYS = re.compile("[ymdhs]")
SECONDS = 86_400
# The day behind 31 December 9999, where spreadsheet programs end.
LAST_SERIAL = 2_958_466
SHOWN_DIGITS = ".15g"


def formats(styles: Iterable[tuple[str, Attributes]]) -> list[str]:
    """What each style of a workbook makes of a number, from the elements of its styles."""
    own: dict[str, str] = {}
    found: list[str] = []
    is_cells = False
    for name, attributes in styles:
        if name == "numFmt":
            own[attributes.get("numFmtId", "")] = _meant(attributes.get("formatCode", ""))
        elif name == "xf" and is_cells:
            number = attributes.get("numFmtId", "0")
            built_in = BUILT_IN.get(int(number), PLAIN)
            found.append(own.get(number, built_in))
        elif name in {"cellXfs", "cellStyleXfs", "cellStyles", "dxfs"}:
            is_cells = name == "cellXfs"
    return found


def _meant(code: str) -> str:
    """What a format says, in its first part: that of positive numbers."""
    code = LITERAL.sub("", code[:LONGEST_CODE]).partition(";")[0].lower()
    if ELAPSED.search(code):
        return SPAN
    code = IN_BRACKETS.sub("", code)
    if "general" in code or "standard" in code:
        return PLAIN
    if LETTERS_OF_DAYS.search(code):
        return DAY
    if "%" in code:
        return PERCENT
    return code if ZEROS.match(code) else PLAIN


def shown(text: str, form: str, *, since_1904: bool) -> str:
    """A number as a workbook stores it, under a format. What is no number stays as it is."""
    if text.isdecimal() and not form:
        return text
    try:
        value = float(text)
    except ValueError:
        return text
    return _formed(value, form, since_1904=since_1904) if math.isfinite(value) else text


def _formed(value: float, form: str, *, since_1904: bool) -> str:
    if form == PERCENT:
        return f"{_plain(value * 100)}%"
    if value < 0:
        return _plain(value)
    if form == SPAN:
        return _span(round(value * SECONDS))
    if form == DAY:
        return _moment(value, since_1904=since_1904)
    return _plain(value).zfill(len(form))


def _plain(value: float) -> str:
    """Digits without an exponent, as many as spreadsheet programs keep."""
    text = format(value, SHOWN_DIGITS)
    is_within = "e" in text and 1e-12 < abs(value) < 1e21
    return format(Decimal(text), "f") if is_within else text


def _span(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _moment(serial: float, *, since_1904: bool) -> str:
    """A day, a moment or, within the first day, a time."""
    if serial >= LAST_SERIAL:
        return _plain(serial)
    days, seconds = divmod(round(serial * SECONDS), SECONDS)
    time = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if serial < 1:
        return time
    try:
        day = (_first_day(days, since_1904=since_1904) + timedelta(days)).isoformat()
    except OverflowError:
        return _plain(serial)
    return f"{day} {time}" if seconds else day


def _first_day(days: int, *, since_1904: bool) -> date:
    """The day with the number 0. To those who count from 1900, that year had a 29 February."""
    if since_1904:
        return date(1904, 1, 1)
    return date(1899, 12, 31) if days < 60 else date(1899, 12, 30)
