"""Who is asking, as far as the network tells. Limits are counted by it, so nobody may choose it."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest

# A server on a unix socket has no peer address.
NOBODY = "0.0.0.0"  # noqa: S104 -- a word for "no address", nothing binds to it
# One subscriber commonly holds a whole /64 (RFC 6177) and could change its address at will.
SUBSCRIBER_BITS = 64
# A site is given a /48 at most (RFC 6177): 65,536 of them in one hand.
SITE_BITS = 48


def client_ip(request: HttpRequest) -> str:
    """The address that the outermost of PROXY_COUNT proxies of ours saw; else the peer's.

    Each proxy appends the peer it saw to X-Forwarded-For, so the entry to trust is counted from
    the right; what stands left of it was typed by the client.
    """
    peer = _address(request.META.get("REMOTE_ADDR", ""))
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    count = settings.PROXY_COUNT
    told = _address(hops[-count]) if 0 < count <= len(hops) else None
    return str(told or peer or NOBODY)


def client_network(request: HttpRequest) -> str:
    """What limits are counted by: an IPv4 address, or the /64 of an IPv6 address."""
    return client_networks(request)[0]


def client_networks(request: HttpRequest) -> list[str]:
    """The narrowest first: an IPv4 address stands alone, with an IPv6 /64 comes its /48."""
    address = ip_address(client_ip(request))
    if isinstance(address, IPv4Address):
        return [str(address)]
    widths = (SUBSCRIBER_BITS, SITE_BITS)
    return [str(ip_network((address, bits), strict=False)) for bits in widths]


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address with or without port, brackets and zone; IPv4 within IPv6 counts as IPv4."""
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        found = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
