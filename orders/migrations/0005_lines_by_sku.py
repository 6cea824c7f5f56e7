from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0004_imports")]
    operations = [
        # What an attempt may have left that was cut off in the middle: an index that is not valid.
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS line_by_sku", migrations.RunSQL.noop),
        AddIndexConcurrently("line", models.Index(fields=["sku"], name="line_by_sku")),
    ]
