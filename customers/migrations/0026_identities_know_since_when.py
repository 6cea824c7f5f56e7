import django.utils.timezone
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    """Two steps, so that rows that stand here already say nothing instead of "today"."""

    dependencies = [("customers", "0025_bulk_changes_are_counted_first")]

    operations = [
        migrations.AddField(
            model_name="identity",
            name="added_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="identity",
            name="added_at",
            field=models.DateTimeField(
                db_default=Now(), default=django.utils.timezone.now, null=True
            ),
        ),
    ]
