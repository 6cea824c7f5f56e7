"""One row of the file as one customer, in our words. Pure: no database, no settings."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from customers.importing import cells
from customers.importing.of_customers.addresses import split_address, split_place
from customers.importing.phones import quick_phone_key
from customers.importing.problems import ROW_REFUSALS, Problem
from customers.models.identities import BadIdentity, email_key
from customers.models.tags import TAGS_PER_CUSTOMER

if TYPE_CHECKING:
    from customers.importing.columns import Layout
    from customers.importing.files import Record

Value = TypeVar("Value")

# As long as the columns of the tables that take them.
LONGEST = {
    "first_name": 100,
    "last_name": 100,
    "company": 150,
    "email": 254,
    "phone": 60,
    "street": 200,
    "extra": 200,
    "postal_code": 20,
    "city": 100,
    "region": 100,
    "address_phone": 40,
    "note": 5000,
}
LONGEST_TAG = 255
PARTS = ("street", "extra", "postal_code", "city")
# Most addresses are as plain as this, and need no second look.
PLAIN_EMAIL = re.compile(
    r"[a-z0-9_+-]+(\.[a-z0-9_+-]+)*@([a-z0-9]+(-[a-z0-9]+)*\.){1,4}[a-z]{2,12}\Z"
)


@dataclass(slots=True)
class CustomerRow:
    """What a row says. An empty text or None: the row says nothing about that."""

    line: int
    external_id: str = ""
    first_name: str = ""
    last_name: str = ""
    company: str = ""
    email: str = ""
    email_key: str = ""
    phone: str = ""
    phone_key: str = ""
    street: str = ""
    extra: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    address_phone: str = ""
    note: str = ""
    tags: list[str] = field(default_factory=list)
    email_consent: bool | None = None
    sms_consent: bool | None = None
    orders_count: int | None = None
    amount_spent: Decimal | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_usable(self) -> bool:
        return not any(problem.code in ROW_REFUSALS for problem in self.problems)

    @property
    def has_address(self) -> bool:
        """A country alone, as exports give it for people who never ordered, is no address."""
        return bool(self.street or self.city or self.postal_code)

    def digest(self) -> uuid.UUID:
        """The same for rows that say the same, whatever their layout, line or spreadsheet."""
        said = [
            getattr(self, name)
            for name in self.__slots__
            if name not in {"line", "problems", "email", "phone"}
        ]
        return uuid.UUID(bytes=hashlib.blake2b(repr(said).encode(), digest_size=16).digest())


class RowReader:
    """Reads rows of one layout. National phone numbers are the row's country's, or `country`'s."""

    def __init__(self, layout: Layout, *, country: str) -> None:
        self._layout = layout
        self._country = country
        # In a table of somebody's own; a shop's export may have other signs within a tag.
        self._between_tags = ",;|" if layout.source == "file" else ","
        self._texts = [
            (column, place, LONGEST[column])
            for column, place in layout.places.items()
            if column in LONGEST and column not in {"email", "phone", "note"}
        ]

    def read(self, record: Record) -> CustomerRow:
        """Never raises: what cannot be taken stands in `problems`."""
        row = CustomerRow(record.line)
        if record.errors:
            row.problems += self._layout.errors_in(record)
        if len(record.cells) != self._layout.width and not self._pad(record):
            row.problems.append(self._layout.misfit(record))
        elif any("\0" in cell for cell in record.cells):
            row.problems.append(Problem("nul"))
        else:
            self._fill(row, record.cells)
        return row

    def _pad(self, record: Record) -> bool:
        """Programs that write rows themselves may end them in surplus delimiters."""
        surplus = record.cells[self._layout.width :]
        if not surplus or any(surplus):
            return False
        del record.cells[self._layout.width :]
        return True

    def _fill(self, row: CustomerRow, row_cells: list[str]) -> None:
        for column, place, longest in self._texts:
            text = cells.line_of(row_cells[place])
            if len(text) > longest:
                row.problems.append(Problem.quoting("too_long", text))
            setattr(row, column, text[:longest])
        said = {column: row_cells[place] for column, place in self._layout.places.items()}
        noted = self._choose(said, row_cells) if self._layout.further else []
        if "full_name" in said and not (row.first_name or row.last_name):
            self._full_name(row, cells.line_of(said["full_name"]))
        self._note(row, said.get("note", ""), noted)
        self._address(row, said)
        self._tags(row, said.get("tags", ""))
        self._numbers(row, said)
        self._reach(row, said)
        names = (row.first_name, row.last_name, row.company)
        if row.is_usable and not any((row.email_key, row.phone_key, *names)):
            row.problems.append(Problem("nobody"))

    def _choose(self, said: dict[str, str], row_cells: list[str]) -> list[str]:
        """Of several cells for one thing the first that is filled; the others, for the note."""
        noted = list(self._layout.further.get("noted", ()))
        for column, more in self._layout.further.items():
            places = [] if column == "noted" else [self._layout.places[column], *more]
            filled = [place for place in places if row_cells[place].strip()]
            if filled:
                said[column] = row_cells[filled[0]]
                noted += [place for place in filled[1:] if row_cells[place] != said[column]]
        return [
            ": ".join(filter(None, (self._layout.header[place].strip(), cells.bare(cell))))
            for place in sorted(noted)
            if (cell := row_cells[place]).strip()
        ]

    def _full_name(self, row: CustomerRow, name: str) -> None:
        """ "Jana Müller" or "Müller, Jana"; the last word is the last name."""
        last, comma, first = name.partition(", ")
        if not comma:
            first, _space, last = name.rpartition(" ")
        self._text(row, "first_name", first.strip())
        self._text(row, "last_name", last.strip())

    def _text(self, row: CustomerRow, column: str, text: str) -> None:
        if len(text) > LONGEST[column]:
            row.problems.append(Problem.quoting("too_long", text))
        setattr(row, column, text[: LONGEST[column]])

    def _note(self, row: CustomerRow, cell: str, noted: list[str]) -> None:
        said = cells.bare(cell).replace("\r\n", "\n").replace("\r", "\n")
        self._text(row, "note", "\n".join([said, *noted] if said else noted))

    def _address(self, row: CustomerRow, said: dict[str, str]) -> None:
        if not row.region:
            row.region = cells.bare(said.get("region_code", ""))[: LONGEST["region"]]
        parts = _parts_of_address(said)
        for column in PARTS if parts else ():
            if not getattr(row, column):
                self._text(row, column, parts.get(column, ""))
        if number := said.get("house_number"):
            self._text(row, "street", f"{row.street} {cells.line_of(number)}".strip())
        code, name = said.get("country", ""), said.get("country_name", "")
        country = self._take(row, "country_unknown", lambda: cells.country(code, name))
        row.country = country or parts.get("country", "")

    def _tags(self, row: CustomerRow, cell: str) -> None:
        row.tags = cells.tags_of(cell, self._between_tags)
        if len(row.tags) > TAGS_PER_CUSTOMER:
            row.problems.append(Problem("too_many_tags"))
        if longest := [tag for tag in row.tags if len(tag) > LONGEST_TAG]:
            row.problems.append(Problem.quoting("too_long", longest[0]))

    def _numbers(self, row: CustomerRow, said: dict[str, str]) -> None:
        take = self._take
        row.external_id = (
            take(row, "id_malformed", lambda: cells.external_id(said.get("external_id", ""))) or ""
        )
        row.email_consent = take(
            row, "consent_unclear", lambda: cells.yes_or_no(said.get("email_consent", ""))
        )
        row.sms_consent = take(
            row, "consent_unclear", lambda: cells.yes_or_no(said.get("sms_consent", ""))
        )
        row.orders_count = take(
            row, "amount_malformed", lambda: cells.count(said.get("orders_count", ""))
        )
        row.amount_spent = take(
            row, "amount_malformed", lambda: cells.amount(said.get("amount_spent", ""))
        )

    def _reach(self, row: CustomerRow, said: dict[str, str]) -> None:
        email, phone = cells.bare(said.get("email", "")), cells.bare(said.get("phone", ""))
        country = row.country or self._country
        row.email_key = (
            email and self._take(row, "email_malformed", lambda: quick_email_key(email), email)
        ) or ""
        row.phone_key = (
            phone
            and self._take(row, "phone_malformed", lambda: quick_phone_key(phone, country), phone)
        ) or ""
        row.email = email if row.email_key else ""
        row.phone = phone[: LONGEST["phone"]] if row.phone_key else ""

    def _take(
        self, row: CustomerRow, code: str, read: Callable[[], Value], shown: str = ""
    ) -> Value | None:
        """The cell's value; what cannot be read is noted on the row."""
        try:
            return read()
        except (cells.Unreadable, BadIdentity) as error:
            text = shown or str(error)
            row.problems.append(Problem.quoting(code, text))
            return None


def _parts_of_address(said: dict[str, str]) -> dict[str, str]:
    """What stands in cells that hold several parts."""
    whole = split_address(said["whole_address"]) if said.get("whole_address") else {}
    return whole | (split_place(said["place"]) if said.get("place") else {})


def quick_email_key(text: str) -> str:
    """The same as `email_key`, ten times as quick for nearly all."""
    key = text.lower()
    return key if len(key) <= 64 and PLAIN_EMAIL.match(key) else email_key(text)
