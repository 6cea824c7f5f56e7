"""Addresses a letter away from a domain that everybody knows."""

from __future__ import annotations

import pytest

from customers.mail_domains import DOMAINS, KNOWN, REAL_BESIDE_THEM
from customers.mistyped import is_impossible, likely_domain


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gamil.com", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.c0m", "gmail.com"),
        ("gmail.de", "gmail.com"),
        ("icloud.de", "icloud.com"),
        ("gogglemail.com", "googlemail.com"),
        ("hotmial.com", "hotmail.com"),
        ("hotmail.cmo", "hotmail.com"),
        ("outlok.com", "outlook.com"),
        ("outloook.de", "outlook.de"),
        ("yahooo.de", "yahoo.de"),
        ("t-onlin.de", "t-online.de"),
        ("tonline.de", "t-online.de"),
        ("t-online.d", "t-online.de"),
        ("freenett.de", "freenet.de"),
        ("posteo.ed", "posteo.de"),
        ("GMX.DEE", "gmx.de"),
        ("gxm.de", "gmx.de"),
        ("gmxx.de", "gmx.de"),
        ("gmx.nett", "gmx.net"),
        ("web.d", "web.de"),
        ("webb.de", "web.de"),
        ("wbe.de", "web.de"),
        ("firma.con", "firma.com"),
        ("firma.ner", "firma.net"),
        ("mail.firma.dee", "mail.firma.de"),
    ],
)
def test_what_was_probably_meant(typed: str, meant: str) -> None:
    assert likely_domain(f"jana@{typed}") == meant


@pytest.mark.parametrize(
    "genuine",
    [
        # Short names have neighbours of their own, and so have real endings.
        "weg.de", "ms.com", "life.de", "love.at", "gmx.dk", "live.cm", "a.de", "aon.de",
        "example.de", "mueller-kaffee.de", "müller.de", "firma.cam", "firma.new", "firma.dev",
        "firma.kaffee", "firma.co", "firma.museum", "gmail.com.de", "localhost", "",
    ],
)  # fmt: skip
def test_what_may_well_be_meant_is_left_alone(genuine: str) -> None:
    assert likely_domain(f"jana@{genuine}") == ""


def test_no_known_domain_is_taken_for_another() -> None:
    assert [one for one in DOMAINS if likely_domain(f"jana@{one}") or is_impossible(one)] == []
    assert (len(DOMAINS), len(KNOWN) > 200) == (len(KNOWN), True)


@pytest.mark.parametrize(
    "ending", ["con", "cmo", "comm", "nett", "orgg", "inf", "dee", "d", "c", "1", "123", "xx", "ed"]
)
def test_endings_that_there_are_not(ending: str) -> None:
    assert is_impossible(f"jana@firma.{ending}")


@pytest.mark.parametrize(
    "ending",
    [*sorted(REAL_BESIDE_THEM), "com", "de", "at", "uk", "eu", "io", "info", "shop", "xn--p1ai"],
)
def test_endings_that_there_are(ending: str) -> None:
    assert not is_impossible(f"jana@firma.{ending}")
