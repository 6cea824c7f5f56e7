from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0021_held_customers_by_time")]

    operations = [
        migrations.AddField(
            model_name="bulkrow",
            name="updated_before",
            field=models.DateTimeField(null=True),
        ),
    ]
