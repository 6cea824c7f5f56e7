from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0014_sessions_are_seen")]
    operations = [
        migrations.AddField("resetrequest", "signed_in_at", models.DateTimeField(null=True)),
    ]
