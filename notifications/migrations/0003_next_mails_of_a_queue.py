from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notifications", "0002_queues_have_their_share")]
    operations = [
        # What an attempt may have left that was cut off in the middle: an index that is not valid.
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS mail_waiting", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            "mail",
            models.Index(
                fields=["queue_name", "told_at", "due_at"],
                name="mail_waiting",
                condition=models.Q(handed_over_at=None, failed_at=None, withdrawn_at=None),
            ),
        ),
        RemoveIndexConcurrently("mail", "mail_open"),
    ]
