"""What can be wrong with a file or a row. Stored as code and detail, read in any language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


SHOWN = 60


class Problem(NamedTuple):
    """One thing that is wrong. `detail` is the cell, a column's name or a line."""

    code: str
    detail: str = ""

    @classmethod
    def quoting(cls, code: str, cell: str) -> Problem:
        """Quotes no more of a cell than a sentence bears, and shows a letter that is not seen."""
        quoted = cell if len(cell) <= SHOWN else f"{cell[:SHOWN]}…"
        if quoted.isprintable():
            return cls(code, quoted)
        seen = (sign if sign.isprintable() or sign.isspace() else "\ufffd" for sign in quoted)
        return cls(code, "".join(seen))


def at_line(problems: list[Problem], line: int, *, begun: int) -> list[Problem]:
    """These, and where it is not the line on which their row has begun, on which they are."""
    return (
        problems if not problems or line == begun else [*problems, Problem("elsewhere", str(line))]
    )


class FileRefused(Exception):
    """The file as a whole cannot be read."""

    def __init__(self, code: str, detail: str = "", *, line: int | None = None) -> None:
        super().__init__(code, detail, line)
        self.problem = Problem(code, detail)
        self.line = line


# What a sheet alone can be refused for, with the number of its row.
ONLY_IN_SHEETS = {"long_text", "long_row"}
# No fault of the file: the import can be tried again.
BROKEN = "broken"

# A row with one of these is left out; a row with any other is taken without the cell in question.
ROW_REFUSALS: dict[str, _StrPromise] = {
    "width": _(
        "Cells expected: %(expected)s, as many as in the first line. Cells found: %(found)s."
    ),
    # As earlier releases noted it.
    "cells": _("Number of cells: %(detail)s. The first line has more or fewer."),
    "nul": _("It holds a character that cannot be stored (NUL)."),
    "nobody": _("It has neither a name nor an e-mail address nor a phone number."),
    "email_malformed": _("“%(detail)s” is not an e-mail address."),
    "id_malformed": _("“%(detail)s” is not a customer ID. Did a spreadsheet program round it?"),
    "too_long": _("“%(detail)s” is too long."),
    "too_many_tags": _("A customer carries at most 250 tags."),
    "repeated": _("%(place)s is about the same customer and counts instead."),
    "email_taken": _("Its e-mail address belongs to another customer."),
    "email_of_account": _(
        "The customer signs in with another e-mail address. An import does not change that."
    ),
    "touched": _("Somebody has changed this since: it was left as it is."),
    "same_customer": _("Another row of the file is about the same customer and counts instead."),
}
ROW_REMARKS: dict[str, _StrPromise] = {
    "phone_malformed": _("The phone number “%(detail)s” could not be read and was left out."),
    "consent_unclear": _("“%(detail)s” is neither yes nor no and was left out."),
    "amount_malformed": _("“%(detail)s” is not a number and was left out."),
    "cell_error": _("“%(detail)s” is no value, but a formula's error."),
    "cell_uncalculated": _(
        "The formula in “%(detail)s” has no result. Open the workbook in the "
        "spreadsheet program and save it."
    ),
    "country_unknown": _("The country “%(detail)s” is not known and was left out."),
    # Of a thing that takes several lines, behind what is wrong.
    "elsewhere": _("%(place)s is meant."),
    "on_hold": _("The customer is on hold: addresses and phone numbers stay as they are."),
    "phone_shared": _("%(detail)s has the same phone number. Are they one person?"),
}
FILE_REFUSALS: dict[str, _StrPromise] = {
    "empty": _("The file is empty."),
    "no_rows": _("The file has a first line with column names, but no rows below it."),
    "not_text": _("This is not a text file. Choose the CSV file that the shop has exported."),
    "web_page": _(
        "This is a web page, not a CSV file. Perhaps the shop asked for a sign-in: sign in there,"
        " and download the file again."
    ),
    "no_table": _(
        "This is no table with rows and columns. Choose a CSV file or an Excel workbook."
    ),
    "too_many_columns": _("The file has more than %(detail)s columns."),
    "long_name": _(
        "The first line has to name the columns, but one of its cells has more than %(detail)s"
        " letters."
    ),
    "workbook_other": _(
        "ShopDesk does not read %(detail)s. Save it as an Excel workbook (.xlsx) or as CSV (UTF-8)."
    ),
    "workbook_locked": _("The workbook is locked with a password. Save it without one."),
    "workbook_damaged": _(
        "The workbook is damaged. Open it in the spreadsheet program, save it, and try again."
    ),
    "workbook_too_large": _(
        "Unpacked, the workbook is larger than %(detail)s MB. Divide it, or delete empty rows."
    ),
    "workbook_bomb": _(
        "The workbook holds next to nothing and swells to a great size when it is unpacked. "
        "Copy the table into a new workbook, or save it as CSV (UTF-8)."
    ),
    "endless": _(
        "Reading has gone on for a minute without a row. Delete empty rows, or copy the table into"
        " a new file."
    ),
    "far_names": _(
        "The names of the columns stand behind too many other texts of the workbook. "
        "Copy the table into a new workbook, or save it as CSV (UTF-8)."
    ),
    "no_sheet": _("None of the workbook's sheets has rows. Hidden sheets are not read."),
    "long_text": _("A cell is too long."),
    "long_row": _("A row is too long."),
    "packed": _("This is a packed file. Unpack it and choose the CSV file or workbook inside."),
    "encoding": _("The file holds bytes that are not text."),
    "orders": _("This is an export of orders. Choose the export of customers."),
    "products": _("This is an export of products. Choose the export of customers."),
    "columns": _("This is not an export of customers: the column “%(detail)s” is missing."),
    "unreachable": _("Say which column holds the e-mail address or the phone number."),
    "column_twice": _("The column “%(detail)s” is there twice."),
    "open_quote": _("A quotation mark is opened and never closed."),
    "stray_quote": _("A quotation mark stands where none belongs."),
    "long_cell": _("A cell is too long. Perhaps a quotation mark is opened and never closed."),
    "long_line": _("A line is too long. Perhaps this is not a CSV file."),
    "too_large": _("The file is larger than %(detail)s MB."),
    "rows_lost": _(
        "Rows were lost on their way. Import the file again: it brings what is missing."
    ),
    BROKEN: _("ShopDesk could not go on, and has tried several times. The file is not to blame."),
}
WORDS = {**ROW_REFUSALS, **ROW_REMARKS, **FILE_REFUSALS}


def add_words(words: Mapping[str, _StrPromise]) -> None:
    """What is wrong with rows and files of an upper app's kind; called in `AppConfig.ready`."""
    WORDS.update(words)


def in_words(problem: Problem | list[str] | tuple[str, ...], *, in_sheet: bool = False) -> str:
    """The sentence in the reader's language; a code of another release is shown as it is."""
    code, detail = (*problem, "", "")[:2]
    sentence = WORDS.get(code)
    expected, _stroke, found = detail.partition("/")
    values = {"detail": detail, "place": place_in_words(detail, is_row=in_sheet)}
    values |= {"expected": expected, "found": found}
    return str(sentence) % values if sentence is not None else code


def place_in_words(line: int | str, *, is_row: bool) -> str:
    """Begins a sentence. A text's lines may be more than its rows."""
    words = gettext("Row %(line)s") if is_row else gettext("Line %(line)s")
    return words % {"line": line}


def refusal_in_words(problem: Problem | list[str], line: int | None) -> str:
    """Why a file was refused, with the line where known."""
    sentence = in_words(problem)
    if not line:
        return sentence
    is_row = problem[0] in ONLY_IN_SHEETS
    words = _("Row %(line)s: %(sentence)s") if is_row else _("Line %(line)s: %(sentence)s")
    return str(words) % {"line": line, "sentence": sentence}
