"""Who may do what with orders. Changing them comes with returns and connectors."""

from core.permissions import can_read

can_see_orders = can_read
