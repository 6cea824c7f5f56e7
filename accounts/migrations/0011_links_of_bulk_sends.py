from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("accounts", "0010_bulk_sends")]
    operations = [
        ValidateConstraint(model_name="user", name="password_due_of_customers"),
        # What an attempt may have left that was cut off in the middle: an index that is not valid.
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS reset_request_of_bulk_send",
            migrations.RunSQL.noop,
        ),
        AddIndexConcurrently(
            "resetrequest",
            models.Index(
                fields=["sent_in"],
                name="reset_request_of_bulk_send",
                condition=models.Q(sent_in__isnull=False),
            ),
        ),
    ]
