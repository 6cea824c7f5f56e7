"""The baseline's table: everything on one row, as a first design has it. Import after set-up."""

from __future__ import annotations

from django.db import models


class NaiveCustomer(models.Model):
    first_name = models.TextField()
    last_name = models.TextField()
    email = models.TextField()
    phone = models.TextField()
    street = models.TextField()
    postal_code = models.TextField()
    city = models.TextField()
    tags = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "benchmark_naive"

    def __str__(self) -> str:
        return self.email
