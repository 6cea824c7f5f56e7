"""Customers ask for links and follow them."""

from __future__ import annotations

from tests.faults.installation import Installation
from tests.faults.sink import link_in
from tests.faults.visitor import Visitor

PASSWORD = "eine-lange-Röstung-77"


def ask(installation: Installation, *addresses: str) -> None:
    for address in addresses:
        answer = Visitor(installation.url).send("/account/recover/", email=address)
        assert answer.status == 200


def not_sent(installation: Installation, failure: str) -> int:
    """How many mails a worker has tried in vain for this reason, and will try again."""
    ((count,),) = installation.query(
        f"SELECT count(*) FROM notifications_mail WHERE failure = '{failure}'"
        " AND handed_over_at IS NULL"
    )
    return int(count)


def set_password(installation: Installation, address: str) -> int:
    link = link_in(installation.sink.wait_for(address)[-1])
    visitor = Visitor(installation.url)
    return visitor.send(link, password=PASSWORD, password_again=PASSWORD).status
