"""An address as it stood on an order, line by line."""

from __future__ import annotations

from collections.abc import Mapping

from core.words import country_name

# The JSON on an order has the keys name, company, street, addition, postal_code, city, province,
# country (ISO 3166-1 alpha-2) and phone, each of them optional.
# In these countries the postal code stands behind the city.
CODE_LAST = {"GB", "IE", "US", "CA", "AU", "NZ"}


def address_lines(address: Mapping[str, str]) -> list[str]:
    """The lines as they stand on a parcel, the country in the reader's language."""
    code, city = address.get("postal_code", ""), address.get("city", "")
    country = address.get("country", "")
    place = f"{city} {code}" if country in CODE_LAST else f"{code} {city}"
    lines = [
        *(address.get(key, "") for key in ("name", "company", "street", "addition")),
        place.strip(),
        address.get("province", ""),
        country_name(country),
    ]
    return [line for line in lines if line]
