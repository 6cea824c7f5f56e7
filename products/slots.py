"""Places on the products' pages that upper apps fill in `AppConfig.ready`."""

from __future__ import annotations

from core.slots import Panel, Slot

# Panels' contexts are called with (request, product).
product_panels: Slot[Panel] = Slot("main column of a product, above the timeline")
