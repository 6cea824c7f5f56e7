import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0028_import_remarks")]

    operations = [
        migrations.AddField(
            model_name="bulkchange",
            name="leaves_out_doubtful",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="bulkpiece",
            name="doubtful_ids",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), db_default=[], default=list
            ),
        ),
    ]
