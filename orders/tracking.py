"""Where a parcel can be followed."""

from __future__ import annotations

import re
from urllib.parse import quote

# Public tracking pages, by the carrier's name in lower case.
PAGES = {
    "dhl": "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode={}",
    "dpd": "https://tracking.dpd.de/parcelstatus?query={}&locale=de_DE",
    "hermes": "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation#{}",
    "gls": "https://gls-group.com/DE/de/paketverfolgung?match={}",
    "ups": "https://www.ups.com/track?tracknum={}",
}


def clean_number(number: str) -> str:
    """A tracking number as carriers' pages and our index want it: no blanks, upper case."""
    return re.sub(r"\s+", "", number).upper()


def tracking_url(company: str, number: str) -> str:
    """The carrier's page for a number; "" for a carrier we do not know.

    >>> tracking_url("GLS", "ZX 9")
    'https://gls-group.com/DE/de/paketverfolgung?match=ZX9'
    """
    words = company.lower().split()
    page = PAGES.get(words[0], "") if words else ""
    number = clean_number(number)
    return page.format(quote(number, safe="")) if page and number else ""
