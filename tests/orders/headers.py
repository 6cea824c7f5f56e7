"""The columns of the shop's export of orders, which grew over the years."""

from __future__ import annotations

ADDRESS = ["Name", "Street", "Address1", "Address2", "Company", "City", "Zip", "Province"]
ADDRESS += ["Country", "Phone"]
OLDEST = [
    *("Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at"),
    *("Accepts Marketing", "Currency", "Subtotal", "Shipping", "Taxes", "Total", "Discount Code"),
    *("Discount Amount", "Shipping Method", "Created at", "Lineitem quantity", "Lineitem name"),
    *("Lineitem price", "Lineitem compare at price", "Lineitem sku", "Lineitem requires shipping"),
    *("Lineitem taxable", "Lineitem fulfillment status"),
    *(f"Billing {name}" for name in ADDRESS),
    *(f"Shipping {name}" for name in ADDRESS),
    *("Notes", "Note Attributes", "Cancelled at"),
]
TAXES = [f"Tax {number} {what}" for number in range(1, 6) for what in ("Name", "Value")]
LATER = [
    *OLDEST,
    *("Payment Method", "Payment Reference", "Refunded Amount", "Vendor", "Id", "Tags"),
    *("Risk Level", "Source", "Lineitem discount", *TAXES),
]
CURRENT = [
    *OLDEST,
    *("Payment Method", "Payment Reference", "Refunded Amount", "Vendor", "Outstanding Balance"),
    *("Employee", "Location", "Device ID", "Id", "Tags", "Risk Level", "Source"),
    *("Lineitem discount", *TAXES, "Phone", "Receipt Number", "Duties", "Billing Province Name"),
    *("Shipping Province Name", "Payment ID", "Payment Terms Name", "Next Payment Due At"),
    "Payment References",
]
LAYOUTS = {"oldest": OLDEST, "later": LATER, "current": CURRENT}
