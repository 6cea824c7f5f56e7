"""What somebody may have meant whose search found nothing."""

from __future__ import annotations

from django.db import connection

from customers.search import fold, patterns, words_of

MOST_OFFERS = 3
SHORTEST_WORD = 4


def near_spellings(text: str) -> list[str]:
    """Searches that find somebody and read nearly like `text`; the nearest first."""
    words = words_of(text)
    missing = [word for word in words if not _finds([word])]
    if len(missing) != 1 or len(missing[0]) < SHORTEST_WORD:
        return []
    offers = []
    for near in _near(missing[0]):
        instead = [near if word == missing[0] else word for word in words]
        if _finds(instead):
            offers.append(" ".join(instead))
    return offers[:MOST_OFFERS]


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
    likes = patterns(fold(words))
    if not likes:
        return False
    condition = " AND ".join(["doc LIKE %s"] * len(likes))
    with connection.cursor() as cursor:
        # Not EXISTS or LIMIT: for a word without hits the planner would walk the whole table.
        cursor.execute(
            "WITH hit AS MATERIALIZED (SELECT 1 FROM customers_customersearch"  # noqa: S608 -- placeholders
            f" WHERE {condition}) SELECT count(*) > 0 FROM hit",
            likes,
        )
        return bool(cursor.fetchone()[0])
