"""Which addresses reach one mailbox, for limits on mail to it."""

from __future__ import annotations

from accounts.models.users import normal_email

# One provider under two names, for which dots in front of the @ mean nothing.
GMAIL = frozenset({"gmail.com", "googlemail.com"})


def budget_key(address: str) -> str:
    """One spelling for every variant of an address that one person reads.

    Nothing is sent to it: two people who share a spelling share a limit, and no more.
    """
    local, _at, domain = normal_email(address).rpartition("@")
    local = local.partition("+")[0] or local
    domain = _in_ascii(domain)
    if domain in GMAIL:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"


def _in_ascii(domain: str) -> str:
    """As the mail leaves: münchen.example and xn--mnchen-3ya.example are one place."""
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain
