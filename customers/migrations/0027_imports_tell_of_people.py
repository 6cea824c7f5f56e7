from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0026_identities_know_since_when")]

    operations = [
        migrations.AddField(
            model_name="import",
            name="joined_count",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="import",
            name="newcomers_count",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="import",
            name="taken_away_count",
            field=models.PositiveIntegerField(null=True),
        ),
    ]
