"""Showing an address or a number to somebody who is only to recognise it."""

from __future__ import annotations


def email_hint(address: str) -> str:
    """`jana.mueller@example.de` -> `j•••@example.de`: enough to recognise, too little to learn."""
    local, _, domain = address.partition("@")
    return f"{local[:1]}•••@{domain}"


def phone_hint(number: str) -> str:
    """`+491711234567` -> `•••67`."""
    return f"•••{number[-2:]}"
