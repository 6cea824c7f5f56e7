"""A shop's exports as it would mail them: customers, the orders they placed, and products.

Written as they are made, with a fixed seed. Beside each file stands a sample of the same rows: of
customers and products evenly spread over the file, and of the orders that these customers (and some
guests) placed.
"""

from __future__ import annotations

import csv
import random
from array import array
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.order_rows import Buyer, OrderWriter
from benchmarks.people import FIRST_ID, NEWEST, SEED, YEARS, Person, people
from benchmarks.product_rows import ProductWriter, products
from tests.customers import headers as customers
from tests.orders import headers as orders

# One in so many: no e-mail address, one that is none, a note of several lines.
NO_EMAIL, BAD_EMAIL, NOTED = 50, 2003, 37
# Of the orders, so many are placed by somebody who is in no file of customers.
GUESTS = 0.04


@dataclass(frozen=True)
class Files:
    """What there is to import, and the samples."""

    folder: Path
    customers: int
    orders: int
    sample: int
    products: int = 0

    @property
    def sampled_each(self) -> int:
        return max(self.customers // self.sample, 1)

    def path(self, kind: str, *, sample: bool = False) -> Path:
        return self.folder / f"{kind}{'_sample' if sample else ''}.csv"

    def write_customers(self) -> None:
        with ExitStack() as stack:
            whole, sample = self._writers(stack, "customers", customers.CURRENT)
            for one in people(self.customers):
                cells = _customer(one)
                whole.writerow(cells)
                if one.number % self.sampled_each == 0:
                    sample.writerow(cells)

    def write_orders(self) -> None:
        chance = random.Random(SEED + 1)
        with ExitStack() as stack:
            whole, sample = self._writers(stack, "orders", orders.CURRENT)
            writer = OrderWriter(orders.CURRENT, chance, count=self.orders)
            for number, buyer in self._buyers(chance):
                rows = writer.rows(number, self._placed_at(number), buyer)
                whole.writerows(rows)
                if (buyer.number or number) % self.sampled_each == 0:
                    sample.writerows(rows)

    def write_products(self) -> None:
        from tests.products.import_files import HANDLE_2021

        writer = ProductWriter(HANDLE_2021, random.Random(SEED + 2))
        with ExitStack() as stack:
            whole, sample = self._writers(stack, "products", HANDLE_2021)
            for number, rows in products(self.products, writer):
                whole.writerows(rows)
                if number % max(self.products // self.sample, 1) == 0:
                    sample.writerows(rows)

    def _writers(self, stack: ExitStack, kind: str, header: list[str]) -> tuple[Any, Any]:
        streams = [
            stack.enter_context(self.path(kind, sample=sample).open("w", encoding="utf-8"))
            for sample in (False, True)
        ]
        writers = csv.writer(streams[0]), csv.writer(streams[1])
        for writer in writers:
            writer.writerow(header)
        return writers

    def _buyers(self, chance: random.Random) -> Iterator[tuple[int, Buyer]]:
        """Who placed each order, the newest first."""
        known = [_buyer(one) for one in people(self.customers)]
        turns = self._turns(chance)
        for number in range(self.orders, 0, -1):
            buyer = known[turns[(number - 1) % len(turns)]]
            is_guest = chance.random() < GUESTS
            yield number, buyer.as_guest(number) if is_guest else buyer

    def _turns(self, chance: random.Random) -> array[int]:
        """Each person as often as they order, mixed. A few do so hundreds of times."""
        turns = array("I")
        for place, one in enumerate(people(self.customers)):
            turns.extend([place] * one.orders_count)
        chance.shuffle(turns)
        return turns

    def _placed_at(self, number: int) -> Any:
        return NEWEST - timedelta(days=365 * YEARS) * ((self.orders - number) / self.orders)


def _buyer(one: Person) -> Buyer:
    phone = f"'{one.phone}" if one.phone else ""
    return Buyer(
        *(one.number, f"{one.first_name} {one.last_name}", _email(one), phone),
        *(one.street, f"'{one.postal_code}", one.city, one.country),
    )


def _email(one: Person) -> str:
    if one.number % NO_EMAIL == 0:
        return ""
    return one.email if one.number % BAD_EMAIL else one.email.replace("@", " at ")


def _customer(one: Person) -> list[str]:
    """In the order of the header. Ids, numbers and postcodes are guarded by an apostrophe."""
    phone = f"'{one.phone}" if one.phone else ""
    note = "" if one.number % NOTED else f'Rief an, "dringend".\nBitte {one.first_name} grüßen.'
    return [
        *(f"'{FIRST_ID + one.number}", one.first_name, one.last_name, _email(one)),
        *("yes" if one.subscribed else "no", "", one.street, "", one.city, "", one.country),
        *(f"'{one.postal_code}", "", phone, "no", one.amount_spent, str(one.orders_count)),
        *(note, "no", one.tag),
    ]
