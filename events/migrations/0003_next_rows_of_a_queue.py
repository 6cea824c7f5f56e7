from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("events", "0002_queues_have_their_share")]
    operations = [
        # What an attempt may have left that was cut off in the middle: an index that is not valid.
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS delivery_waiting", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            "delivery",
            models.Index(
                fields=["queue_name", "told_at", "due_at"],
                name="delivery_waiting",
                condition=models.Q(done_at=None, given_up_at=None),
            ),
        ),
        RemoveIndexConcurrently("delivery", "delivery_open"),
    ]
