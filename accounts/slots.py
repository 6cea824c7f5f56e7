"""Places on the customers' own pages that upper apps fill in `AppConfig.ready`."""

from __future__ import annotations

from core.slots import Panel, Slot

# Cards of /account/. Contexts are called with the request, whose user is the customer's.
account_panels: Slot[Panel] = Slot("cards of the account page")
