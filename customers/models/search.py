"""What search reads: a narrow table of its own, written by `customers.search_rows`."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models


class CustomerSearch(models.Model):
    """The folded words by which a customer is found, one row each."""

    customer = models.OneToOneField(
        "customers.Customer", on_delete=models.CASCADE, primary_key=True, related_name="search_row"
    )
    created_at = models.DateTimeField()
    doc = models.TextField()
    # What they are called: who is called by what is searched comes before all others.
    names = models.TextField(default="")

    class Meta:
        indexes = [
            # Read by search, of any length: parts of words, and starts of short ones.
            GinIndex(OpClass("doc", name="gin_trgm_ops"), name="customer_search_doc"),
            # Read by search for the best hits among many: who is called so?
            GinIndex(OpClass("names", name="gin_trgm_ops"), name="customer_search_names"),
            # Read by search's first probe: is the page full from the newest rows alone?
            models.Index(fields=["created_at", "customer"], name="customer_search_newest"),
        ]

    def __str__(self) -> str:
        return self.doc


class NameWord(models.Model):
    """A word of somebody's name, offered when a search finds nothing but nearly hits this."""

    word = models.CharField(max_length=100, unique=True)  # folded
    spelling = models.CharField(max_length=100)  # as somebody spells it

    class Meta:
        indexes = [
            # Read by search's "did you mean".
            GinIndex(OpClass("word", name="gin_trgm_ops"), name="name_word_similar")
        ]

    def __str__(self) -> str:
        return self.spelling
