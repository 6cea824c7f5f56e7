from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

NAME = "order_import_row_newcomer"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0006_undoing_imports")]
    operations = [
        # What an attempt may have left that was cut off in the middle: an index that is not valid.
        migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}", migrations.RunSQL.noop),
        AddIndexConcurrently(
            "orderimportrow",
            models.Index(
                fields=["customer"],
                name=NAME,
                condition=models.Q(("customer__isnull", False)),
            ),
        ),
    ]
