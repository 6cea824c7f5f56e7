from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0027_imports_tell_of_people")]

    operations = [
        migrations.AddField(
            model_name="import",
            name="remarks",
            field=models.JSONField(db_default={}, default=dict),
        ),
    ]
