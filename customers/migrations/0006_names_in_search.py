from __future__ import annotations

import django.contrib.postgres.indexes
from django.db import migrations, models

from customers.search_rows import refresh_search

STEP = 10_000


def write_rows_anew(apps, schema_editor):
    customers = apps.get_model("customers", "Customer").objects.order_by("pk")
    ids = list(customers.values_list("pk", flat=True))
    for start in range(0, len(ids), STEP):
        refresh_search(ids[start : start + STEP])


class Migration(migrations.Migration):
    dependencies = [("customers", "0005_imports_in_view")]

    operations = [
        migrations.AddField(
            model_name="customersearch", name="names", field=models.TextField(default="")
        ),
        migrations.AddIndex(
            model_name="customersearch",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("names", name="gin_trgm_ops"),
                name="customer_search_names",
            ),
        ),
        migrations.RunPython(write_rows_anew, migrations.RunPython.noop, elidable=True),
    ]
