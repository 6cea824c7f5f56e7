"""Phone numbers as files hold them."""

from __future__ import annotations

import re

import phonenumbers

from customers.models.identities import phone_key

# Most numbers are as plain as this, where nothing but a leading 0 is put before them at home.
PLAIN_PHONE = re.compile(r"(?:\+(49|43)|0)[ /-]?([1-9](?:[ /-]?[0-9]){6,10})\Z")
CALLING_CODES = {"DE": "49", "AT": "43"}
# Germany's longest numbers, behind the 0, have eleven digits; the library takes longer ones too.
LONGEST_AT_HOME = 11
# What is left of an international number in a spreadsheet that has taken its "+" for a sum's.
ONLY_DIGITS = re.compile(r"[1-9][0-9]{7,14}\Z")


def phone_key_in_file(text: str, country: str) -> str:
    """As `phone_key` has it, but a number that has lost its "+" is read with it.

    Only where it is none at home, begins with the country's own code, and is one with a "+".
    """
    return phone_key(f"+{text}" if _has_lost_its_plus(text, country) else text, country)


def _has_lost_its_plus(text: str, country: str) -> bool:
    code = phonenumbers.country_code_for_region(country)
    if not (code and text.startswith(str(code)) and ONLY_DIGITS.match(text)):
        return False
    at_home, abroad = (phonenumbers.parse(written, country) for written in (text, f"+{text}"))
    is_one_at_home = len(text) <= LONGEST_AT_HOME and phonenumbers.is_valid_number(at_home)
    return phonenumbers.is_valid_number(abroad) and not is_one_at_home


def quick_phone_key(text: str, country: str) -> str:
    """The same as `phone_key_in_file`, ten times as quick for nearly all of our neighbourhood."""
    if found := PLAIN_PHONE.match(text):
        code, digits = found[1] or CALLING_CODES.get(country), found[2]
        if code:
            return f"+{code}{digits.replace(' ', '').replace('-', '').replace('/', '')}"
    return phone_key_in_file(text, country)
