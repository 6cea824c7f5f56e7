"""Rows of a file of customers of which a cell is wrong: the sentence, and whether they come in."""

from __future__ import annotations

NO_EMAIL = "“%s” is not an e-mail address."
NO_NUMBER = "“%s” is not a number and was left out."
NO_ID = "“%s” is not a customer ID. Did a spreadsheet program round it?"
NUL = "It holds a character that cannot be stored (NUL)."
LONG = f"“{'x' * 60}…” is too long."

# Skipped, whole.
SKIPPED: dict[str, tuple[dict[str, str], str]] = {
    "a line break and a header in the address": (
        {"Email": "a@b.de\r\nBcc: x@y.de"},
        NO_EMAIL % "a@b.de Bcc: x@y.de",
    ),
    "two addresses": ({"Email": "a@b.de, c@d.de"}, NO_EMAIL % "a@b.de, c@d.de"),
    "two addresses by semicolon": ({"Email": "a@b.de;c@d.de"}, NO_EMAIL % "a@b.de;c@d.de"),
    "an address of 300 letters": (
        {"Email": "x" * 293 + "@b.de"},
        NO_EMAIL % f"{'x' * 60}…",
    ),
    "a Cyrillic а in the name": ({"Email": "jаna@b.de"}, NO_EMAIL % "jаna@b.de"),
    "a full-width @": ({"Email": "jana＠b.de"}, NO_EMAIL % "jana＠b.de"),
    "a mark that turns the text around": ({"Email": "\u202ejana@b.de"}, NO_EMAIL % "�jana@b.de"),
    "a space without width": ({"Email": "ja\u200bna@b.de"}, NO_EMAIL % "ja�na@b.de"),
    "a name around the address": ({"Email": "Jana <a@b.de>"}, NO_EMAIL % "Jana <a@b.de>"),
    "a link for an address": ({"Email": "mailto:a@b.de"}, NO_EMAIL % "mailto:a@b.de"),
    "no address": ({"Email": "none"}, NO_EMAIL % "none"),
    "a NUL in the address": ({"Email": "a\0@b.de"}, NUL),
    "a NUL in the name": ({"First Name": "Ja\0na"}, NUL),
    "an ID of 0": ({"Customer ID": "0"}, NO_ID % "0"),
    "an ID below 0": ({"Customer ID": "-1"}, NO_ID % "-1"),
    "an ID of 2^63": ({"Customer ID": str(2**63)}, NO_ID % 2**63),
    "an ID that a spreadsheet rounded": ({"Customer ID": "7.2E+12"}, NO_ID % "7.2E+12"),
    "a name of 200 letters": ({"Last Name": "x" * 200}, LONG),
    "a tag of 300 letters": ({"Tags": "x" * 300}, LONG),
    "a note of 6 kB": ({"Note": "x" * 6000}, LONG),
    "300 tags": ({"Tags": ",".join(map(str, range(300)))}, "A customer carries at most 250 tags."),
    "nobody": (
        {"Email": "", "First Name": "", "Last Name": "", "Note": "Who?"},
        "It has neither a name nor an e-mail address nor a phone number.",
    ),
}
# Taken in without the cell.
TAKEN: dict[str, tuple[dict[str, str], str]] = {
    "spent less than nothing": ({"Total Spent": "-5.00"}, NO_NUMBER % "-5.00"),
    "spent 1e999": ({"Total Spent": "1e999"}, NO_NUMBER % "1e999"),
    "spent NaN": ({"Total Spent": "NaN"}, NO_NUMBER % "NaN"),
    "spent without end": ({"Total Spent": "∞"}, NO_NUMBER % "∞"),
    "spent thirty nines": ({"Total Spent": "9" * 30}, NO_NUMBER % ("9" * 30)),
    "spent a formula": ({"Total Spent": "=1+1"}, NO_NUMBER % "=1+1"),
    "half an order": ({"Total Orders": "0.5"}, NO_NUMBER % "0.5"),
    "a million and one orders": ({"Total Orders": "1000001"}, NO_NUMBER % "1000001"),
    "a country of legend": (
        {"Default Address Country Code": "ATLANTIS"},
        "The country “ATLANTIS” is not known and was left out.",
    ),
    "a phone number of words": (
        {"Phone": "ring me"},
        "The phone number “ring me” could not be read and was left out.",
    ),
    "neither yes nor no": (
        {"Accepts Email Marketing": "maybe"},
        "“maybe” is neither yes nor no and was left out.",
    ),
}
# Taken in as they stand, and no harm: what the desk keeps of the cell.
HARMLESS: dict[str, tuple[dict[str, str], str]] = {
    "a formula for a name": ({"First Name": "=cmd|'/c calc'!A0"}, "=cmd|'/c calc'!A0"),
    "a script for a name": ({"First Name": "<script>x()</script>"}, "<script>x()</script>"),
    "a name turned around": ({"First Name": "\u202eanaJ"}, "anaJ"),
    "a bell in a name": ({"First Name": "Ja\x07na"}, "Jana"),
    "a name in two lines": ({"First Name": "Jana\r\nMaria"}, "Jana Maria"),
}  # fmt: skip
