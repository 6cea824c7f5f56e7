from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0022_bulk_rows_know_when_before")]
    operations = [
        # Without a default: no row is written, and the lock is gone in a moment.
        migrations.AddField("identity", "signed_in_at", models.DateTimeField(blank=True, null=True)),
        AddConstraintNotValid(
            "identity",
            models.CheckConstraint(
                condition=models.Q(signed_in_at=None) | models.Q(proof="proved"),
                name="signed_in_with_what_is_proved",
            ),
        ),
    ]
