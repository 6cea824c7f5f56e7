from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("customers", "0020_held_customers")]
    operations = [
        # What an attempt may have left that was cut off in the middle: an index that is not valid.
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS customer_held", migrations.RunSQL.noop),
        AddIndexConcurrently(
            "customer",
            models.Index(
                fields=["created_at", "id"],
                name="customer_held",
                condition=models.Q(held_at__isnull=False),
            ),
        ),
    ]
