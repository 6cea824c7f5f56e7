"""Places of the accounts that upper apps fill in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from core.slots import Panel, Slot

if TYPE_CHECKING:
    from customers.models import Customer, Identity

# Cards of /account/. Contexts are called with the request, whose user is the customer's.
account_panels: Slot[Panel] = Slot("cards of the account page")

# Called with a customer and numbers that they have not proved: the keys of those that something
# later speaks against. A caller is not called back there.
number_doubts: Slot[Callable[[Customer, Sequence[Identity]], set[str]]] = Slot("doubts of numbers")
