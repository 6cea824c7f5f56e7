"""What a column holds by the look of its cells, where its name does not tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from customers.importing.cells import bare

# Of a column's filled cells, so many have to look alike for a guess.
MOST = 0.8
EMAIL = re.compile(r"[^\s@;,<>\"]+@[^\s@;,<>\"]+\.[^\s@;,<>\".]{2,}\Z")
# With "+" or a 0 in front: a number without either is anything.
PHONE = re.compile(r"(?:\+|\(?0)[\d ()/.-]{5,24}\Z")
# "03.04.2021" and "03/04/2021" begin with a 0 as well.
DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\Z")
POSTAL_CODE = re.compile(r"\d{5}\Z")
# "68159 Mannheim", "A-1010 Wien", "1012 AB Amsterdam"
PLACE = re.compile(
    r"(?:(?P<country>[A-Z]{1,3})[ -])?(?P<code>\d{4}(?: ?[A-Z]{2}|\d)?)[ ,]+(?P<city>[^\W\d].*)\Z"
)


def is_email(cell: str) -> bool:
    return EMAIL.match(bare(cell)) is not None


def is_phone(cell: str) -> bool:
    text = bare(cell)
    return PHONE.match(text) is not None and not DATE.match(text)


def is_postal_code(cell: str) -> bool:
    return POSTAL_CODE.match(bare(cell)) is not None


def is_place(cell: str) -> bool:
    return PLACE.match(bare(cell)) is not None


def share(cells: Iterable[str], looks: Callable[[str], bool]) -> float:
    """Of those that are filled; 0 where none is."""
    filled = [cell for cell in cells if cell.strip()]
    return sum(map(looks, filled)) / len(filled) if filled else 0


def names_columns(first: Sequence[str]) -> bool:
    """Whether a file's first line names its columns. No name is an address, nor a phone number."""
    filled = [cell for cell in first if cell.strip()]
    is_list = len(filled) == 1 and is_phone(filled[0])
    return not is_list and not any(map(is_email, filled))
