"""Who is asking, by the number of proxies in front."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.client_ip import _address, client_ip, client_network, client_networks

if TYPE_CHECKING:
    from django.test import RequestFactory


def asking(rf: RequestFactory, peer: str, forwarded: str = "") -> object:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return rf.get("/", headers=headers, REMOTE_ADDR=peer)


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "found"),
    [
        (0, "203.0.113.7", "", "203.0.113.7"),
        (0, "203.0.113.7", "198.51.100.1", "203.0.113.7"),
        (1, "10.0.0.2", "198.51.100.1", "198.51.100.1"),
        (1, "10.0.0.2", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
        (2, "10.0.0.2", "1.1.1.1, 198.51.100.1, 10.0.0.3", "198.51.100.1"),
        # Somebody came in past the outer proxy: what they typed counts for nothing.
        (2, "10.0.0.2", "1.1.1.1", "10.0.0.2"),
        (1, "10.0.0.2", "", "10.0.0.2"),
        (1, "10.0.0.2", "garbage", "10.0.0.2"),
        (1, "10.0.0.2", "198.51.100.1:4711", "198.51.100.1"),
        (1, "10.0.0.2", "[2001:db8::1]:443", "2001:db8::1"),
        (1, "10.0.0.2", "::ffff:198.51.100.1", "198.51.100.1"),
        (1, "10.0.0.2", "fe80::1%eth0", "fe80::1"),
        (0, "", "", "0.0.0.0"),
    ],
)
def test_the_address_is_the_one_our_outermost_proxy_saw(
    rf: RequestFactory, settings, proxies: int, peer: str, forwarded: str, found: str
) -> None:
    settings.PROXY_COUNT = proxies
    assert client_ip(asking(rf, peer, forwarded)) == found


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
    ],
)
def test_limits_count_a_whole_ipv6_subscriber(rf: RequestFactory, peer: str, network: str) -> None:
    assert client_network(asking(rf, peer)) == network


@pytest.mark.parametrize(
    ("peer", "networks"),
    [
        ("203.0.113.7", ["203.0.113.7"]),
        ("2001:db8:1:2:aaaa::1", ["2001:db8:1:2::/64", "2001:db8:1::/48"]),
        ("2001:db8:1:ffff::9", ["2001:db8:1:ffff::/64", "2001:db8:1::/48"]),
        ("::ffff:203.0.113.7", ["203.0.113.7"]),
    ],
)
def test_the_site_around_an_ipv6_subscriber_comes_along(
    rf: RequestFactory, peer: str, networks: list[str]
) -> None:
    assert client_networks(asking(rf, peer)) == networks


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    found = _address(text)
    assert found is None or _address(str(found)) == found
