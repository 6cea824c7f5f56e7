"""Addresses that look mistyped: a letter away from a domain that everybody knows.

A guess and no rule: nothing is refused for it.
"""

from __future__ import annotations

from customers.mail_domains import (
    COMMON_ENDINGS,
    DOMAINS,
    KNOWN,
    REAL_BESIDE_THEM,
    WORLDWIDE,
    countries_endings,
)

# Shorter names have too many genuine neighbours: web.de and weg.de, me.com and ms.com.
LONG_ENOUGH = 5


def likely_domain(address: str) -> str:
    """The domain that was probably meant; "" where this one may well be meant itself."""
    domain = address.rpartition("@")[2].lower()
    if domain in KNOWN:
        return ""
    name, _, ending = domain.rpartition(".")
    if name in WORLDWIDE:
        return WORLDWIDE[name]
    near = [known for known in DOMAINS if _is_slip(domain, known)]
    if near:
        return min(near, key=lambda known: _distance_of_endings(domain, known))
    meant = next((one for one in COMMON_ENDINGS if _is_one_slip(ending, one)), "")
    return f"{name}.{meant}" if name and meant and is_impossible(domain) else ""


def is_impossible(address: str) -> bool:
    """No domain can end like this, as far as we know: ".con", ".c", ".123"."""
    ending = address.rpartition(".")[2].lower()
    if len(ending) < 2 or ending.isdigit():
        return True
    if len(ending) == 2:
        return ending.isascii() and ending.isalpha() and ending not in countries_endings()
    beside = any(_is_one_slip(ending, one) for one in COMMON_ENDINGS)
    return beside and ending not in REAL_BESIDE_THEM


def _is_slip(domain: str, known: str) -> bool:
    """Whether `domain` is `known` with one slip, and not easily a domain of its own."""
    if not _is_one_slip(domain, known):
        return False
    name, _, ending = domain.rpartition(".")
    known_name, _, known_ending = known.rpartition(".")
    if ending != known_ending:
        # In long names .co for .com is a slip, in short ones it is another country.
        return is_impossible(domain) or len(known_name) >= LONG_ENOUGH
    return len(known_name) >= LONG_ENOUGH or _is_swapped_or_doubled(name, known_name)


def _is_swapped_or_doubled(name: str, known: str) -> bool:
    """ "gxm" or "webb": what fingers do, and nobody calls a company."""
    if len(name) == len(known):
        return sorted(name) == sorted(known)
    longer, shorter = (name, known) if len(name) > len(known) else (known, name)
    doubled = (place for place in range(1, len(longer)) if longer[place] == longer[place - 1])
    return any(longer[:place] + longer[place + 1 :] == shorter for place in doubled)


def _distance_of_endings(domain: str, known: str) -> int:
    """Of several that are near, the one with the same ending: gmx.dee means gmx.de."""
    return 0 if domain.rpartition(".")[2] == known.rpartition(".")[2] else 1


def _is_one_slip(typed: str, meant: str) -> bool:
    """One letter wrong, missing, too many, or two neighbours swapped (Damerau and Levenshtein)."""
    if typed == meant or abs(len(typed) - len(meant)) > 1:
        return False
    at = next(
        (place for place, pair in enumerate(zip(typed, meant, strict=False)) if pair[0] != pair[1]),
        min(len(typed), len(meant)),
    )
    rest, rest_meant = typed[at:], meant[at:]
    if len(typed) == len(meant):
        swapped = rest[:2] == rest_meant[:2][::-1] and rest[2:] == rest_meant[2:]
        return swapped or rest[1:] == rest_meant[1:]
    return rest[1:] == rest_meant or rest == rest_meant[1:]
