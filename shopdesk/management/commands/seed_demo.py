"""`manage.py seed_demo`: fill the demo with a shop's customers, orders and team."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from shopdesk.seeding import filling, sign_ins


class Command(BaseCommand):
    help = (
        "Fill the demo with customers, orders and a team. Does nothing where that was done before."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        started = time.monotonic()
        try:
            is_new = filling.fill(self._say)
        except filling.NoDemo:
            raise CommandError(
                "This is no demo. Set DEMO=1 to try ShopDesk with made-up people."
            ) from None
        except filling.Occupied:
            raise CommandError(
                "There are people in this database already. Nothing was changed."
            ) from None
        if is_new:
            self._say(f"The shop is open after {time.monotonic() - started:.0f} s.")
            self._say(f"Sign-ins: {sign_ins.place()}")
        else:
            self._say("The demo is filled already.")
            if filling.renew_lost_sign_ins():
                self._say(f"Its sign-ins were lost. New ones: {sign_ins.place()}")

    def _say(self, words: str) -> None:
        self.stdout.write(f"  {words}")
        self.stdout.flush()
