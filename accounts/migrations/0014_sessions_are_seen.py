from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_alarms")]

    operations = [
        migrations.AddField("session", "seen_at", models.DateTimeField(null=True)),
    ]
