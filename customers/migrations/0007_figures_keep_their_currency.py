from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0006_names_in_search")]
    operations = [
        migrations.AddField(
            model_name="customer",
            name="export_currency",
            field=models.CharField(blank=True, db_default="", default="", max_length=3),
        ),
    ]
