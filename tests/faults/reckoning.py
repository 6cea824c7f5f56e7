"""What became of everything that was asked for: at rest, sent, and sent how often."""

from __future__ import annotations

from tests.faults.installation import Installation
from tests.waiting import wait_until


def is_at_rest(installation: Installation) -> bool:
    """Nothing is left to do: whatever was asked for has been done, or given up."""
    return (
        installation.query(
            "SELECT 1 FROM events_delivery WHERE done_at IS NULL AND given_up_at IS NULL UNION "
            "SELECT 1 FROM notifications_mail"
            " WHERE handed_over_at IS NULL AND failed_at IS NULL AND withdrawn_at IS NULL"
        )
        == []
    )


def perhaps_twice(installation: Installation) -> set[str]:
    """Of which mails ShopDesk itself says that they may have been sent twice: their worker, or
    their line, was lost between the mail server's "accepted" and our commit. What loses its line a
    second time is not tried a third time, and waits for a person to look at."""
    rows = installation.query(
        'SELECT m."to" FROM events_event e JOIN notifications_mail m ON m.id = e.subject_id'
        " WHERE e.name = 'mail.handed_over' AND (e.plain->>'perhaps_twice')::bool"
        ' UNION SELECT "to" FROM notifications_mail'
        " WHERE failed_at IS NOT NULL AND failure = 'interrupted'"
    )
    return {address for (address,) in rows}


def each_once(installation: Installation, addresses: list[str]) -> bool:
    """Each address got one mail, counted when nothing can follow. A copy of it is borne where
    SMTP cannot rule it out, and nowhere else."""
    wait_until(lambda: is_at_rest(installation), seconds=60, what="the end of all work")
    doubtful = perhaps_twice(installation)
    for address in addresses:
        mails = installation.sink.to(address)
        assert len({mail["Message-ID"] for mail in mails}) == 1, (address, mails)
        assert len(mails) == 1 or (len(mails) == 2 and address in doubtful), (address, mails)
    return True
