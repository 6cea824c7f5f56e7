from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0019_debts_that_wait")]
    operations = [
        # Without a default: no row is written, and the lock is gone in a moment.
        migrations.AddField("customer", "held_at", models.DateTimeField(blank=True, null=True)),
    ]
