"""Who may do what with products. Nobody changes them here: they mirror the shop's own."""

from core.permissions import can_read

can_see_products = can_read
