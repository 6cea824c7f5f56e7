"""What somebody may have meant whose search found nothing."""

from __future__ import annotations

from django.db import connection

from customers.models import Identity
from customers.search import finds_anybody, page_of_hits
from customers.search_terms import Wanted, fold, pasted, words_of

MOST_OFFERS = 3
MOST_WORDS = 4  # a whole name; each word is searched for by itself
SHORTEST_WORD = 4


def near_spellings(text: str) -> list[str]:
    """Searches that find somebody and read nearly like `text`; the nearest first."""
    text = pasted(text)
    before, at, _domain = text.partition("@")
    if at and (addresses := _same_before_the_at(before)):
        return addresses
    words = words_of(text)
    if len(words) > MOST_WORDS:
        return []
    missing = [word for word in words if not _finds([word])]
    if len(missing) != 1 or len(missing[0]) < SHORTEST_WORD:
        return []
    offers = []
    for near in _near(missing[0]):
        instead = [near if word == missing[0] else word for word in words]
        if _finds(instead):
            offers.append(" ".join(instead))
    return offers[:MOST_OFFERS]


def _same_before_the_at(name: str) -> list[str]:
    """Known addresses that differ from the one sought behind the @ alone."""
    wanted = Wanted.of(f"{name}@")
    if len(name) < SHORTEST_WORD or len(wanted.words) != 1:
        return []
    ids = [row.pk for row in page_of_hits(wanted)[0].rows]
    known = Identity.objects.emails().filter(customer__in=ids, key__startswith=f"{name.lower()}@")
    return list(known.order_by("-is_primary", "key").values_list("key", flat=True)[:MOST_OFFERS])


def _near(word: str) -> list[str]:
    folded = " ".join(fold([word]))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT spelling FROM customers_nameword WHERE word %% %s AND word <> %s"
            " ORDER BY similarity(word, %s) DESC, word LIMIT 8",
            [folded, folded, folded],
        )
        return [row[0] for row in cursor.fetchall()]


def _finds(words: list[str]) -> bool:
    return finds_anybody(Wanted.of(" ".join(words)))
