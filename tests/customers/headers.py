"""The columns of the shop's export of customers, in its three layouts."""

from __future__ import annotations

CURRENT = [
    *("Customer ID", "First Name", "Last Name", "Email", "Accepts Email Marketing"),
    *("Default Address Company", "Default Address Address1", "Default Address Address2"),
    *("Default Address City", "Default Address Province Code", "Default Address Country Code"),
    *("Default Address Zip", "Default Address Phone", "Phone", "Accepts SMS Marketing"),
    *("Total Spent", "Total Orders", "Note", "Tax Exempt", "Tags"),
]
MID = [
    *("First Name", "Last Name", "Email", "Accepts Email Marketing", "Company", "Address1"),
    *("Address2", "City", "Province", "Province Code", "Country", "Country Code", "Zip", "Phone"),
    *("Accepts SMS Marketing", "Total Spent", "Total Orders", "Tags", "Note", "Tax Exempt"),
]
OLD = [
    *("First Name", "Last Name", "Email", "Company", "Address1", "Address2", "City", "Province"),
    *("Province Code", "Country", "Country Code", "Zip", "Phone", "Accepts Marketing"),
    *("Total Spent", "Total Orders", "Tags", "Note", "Tax Exempt"),
]
LAYOUTS = {"current": CURRENT, "mid": MID, "old": OLD}
