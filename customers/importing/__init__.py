"""Customers from a shop's export: reading, matching and writing, a million rows at a time."""
