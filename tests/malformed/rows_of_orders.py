"""Rows of a file of orders of which a cell is wrong: the sentence, and whether they come in."""

from __future__ import annotations

NO_MONEY = "“%s” is not an amount of money."
NO_DATE = "“%s” is not a date with a time such as 2025-05-11 09:55:16 +0200."
NO_QUANTITY = "“%s” is not a quantity."
NO_ID = "“%s” is not an order ID. Did a spreadsheet program round it?"
NO_CURRENCY = "“%s” is not a currency."
NO_EMAIL = "“%s” is not an e-mail address and was left out."

# Skipped, whole.
SKIPPED: dict[str, tuple[dict[str, str], str]] = {
    "a total below nothing": ({"Total": "-5.00"}, NO_MONEY % "-5.00"),
    "a total of 1e999": ({"Total": "1e999"}, NO_MONEY % "1e999"),
    "a total of NaN": ({"Total": "NaN"}, NO_MONEY % "NaN"),
    "a total without end": ({"Total": "∞"}, NO_MONEY % "∞"),
    "a total of a hundred billion": ({"Total": "99999999999.99"}, NO_MONEY % "99999999999.99"),
    "a total with two points": ({"Total": "54.90.10"}, NO_MONEY % "54.90.10"),
    "no total": ({"Total": ""}, "It has no total."),
    "taxes below nothing": ({"Taxes": "-0.01"}, NO_MONEY % "-0.01"),
    "shipping in words": ({"Shipping": "free"}, NO_MONEY % "free"),
    "given back less than nothing": ({"Refunded Amount": "-1"}, NO_MONEY % "-1"),
    "a price that is none": ({"Lineitem price": "NaN"}, NO_MONEY % "NaN"),
    "the year 99999": (
        {"Created at": "99999-01-01 00:00:00 +0100"},
        NO_DATE % "99999-01-01 00:00:00 +0100",
    ),
    "the end of time": (
        {"Created at": "9999-12-31 23:59:59 -1400"},
        NO_DATE % "9999-12-31 23:59:59 -1400",
    ),
    "the 31st of February": ({"Created at": "31.02.2025"}, NO_DATE % "31.02.2025"),
    "the 31st of February by ISO": (
        {"Created at": "2025-02-31 10:00:00 +0100"},
        NO_DATE % "2025-02-31 10:00:00 +0100",
    ),
    "a date that a spreadsheet counted": ({"Created at": "45788.41"}, NO_DATE % "45788.41"),
    "no date": ({"Created at": ""}, "It does not say when it was placed."),
    "paid yesterday": ({"Paid at": "yesterday"}, NO_DATE % "yesterday"),
    "a currency of nowhere": ({"Currency": "XYZ"}, NO_CURRENCY % "XYZ"),
    "a currency by its sign": ({"Currency": "€"}, NO_CURRENCY % "€"),
    "a payment of a new kind": (
        {"Financial Status": "maybe"},
        "The payment status “maybe” is not known.",
    ),
    "less than none of it": ({"Lineitem quantity": "-2"}, NO_QUANTITY % "-2"),
    "one and a half of it": ({"Lineitem quantity": "1.5"}, NO_QUANTITY % "1.5"),
    "a billion of it": ({"Lineitem quantity": "1000000000"}, NO_QUANTITY % "1000000000"),
    "something without a name": (
        {"Lineitem name": "", "Lineitem sku": ""},
        "One of its lines has neither a name nor a SKU.",
    ),
    "an ID that a spreadsheet rounded": ({"Id": "5.6E+12"}, NO_ID % "5.6E+12"),
    "an ID of letters": ({"Id": "abc"}, NO_ID % "abc"),
    "no name": ({"Name": ""}, "It has no name such as #1001."),
    "a name of 100 digits": ({"Name": "#" + "7" * 100}, f"Its name “#{'7' * 59}…” is too long."),
    "a NUL": ({"Email": "a\0@b.de"}, "It holds a character that cannot be stored (NUL)."),
}
# Taken in without the cell.
TAKEN: dict[str, tuple[dict[str, str], str]] = {
    "two addresses": ({"Email": "a@b.de, c@d.de"}, NO_EMAIL % "a@b.de, c@d.de"),
    "a line break and a header in the address": (
        {"Email": "a@b.de\r\nBcc: x@y.de"},
        NO_EMAIL % "a@b.de Bcc: x@y.de",
    ),
    "more given back than it cost": (
        {"Refunded Amount": "99999.00"},
        "99999.00 EUR was refunded, more than the order's total; it counts as all.",
    ),
    "a parcel that is lost": (
        {"Fulfillment Status": "lost"},
        "The delivery status “lost” is not known and was left out.",
    ),
    "a country of legend": (
        {"Billing Country": "Atlantis"},
        "The country “Atlantis” is not known and was left out.",
    ),
    "a note of 6 kB": ({"Notes": "x" * 6000}, f"“{'x' * 60}…” is too long and was cut."),
}
# Taken in as they stand, and no harm: what the desk keeps of the cell.
HARMLESS: dict[str, tuple[dict[str, str], str]] = {
    "a formula for a title": ({"Lineitem name": "=cmd|'/c calc'!A0"}, "=cmd|'/c calc'!A0"),
    "a title turned around": ({"Lineitem name": "\u202eGhost"}, "Ghost"),
}
