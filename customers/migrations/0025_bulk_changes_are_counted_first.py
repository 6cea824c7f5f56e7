import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def person(name: str) -> migrations.AddField:
    key = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
    )
    return migrations.AddField("bulkchange", name, key)


class Migration(migrations.Migration):
    reviewed = "bulk changes are few: the foreign keys to who started or paused one are checked at once"
    dependencies = [
        ("customers", "0024_only_proved_ones"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField("bulkchange", "kind", models.CharField(max_length=20)),
        migrations.AlterField("bulkrow", "outcome", models.CharField(max_length=20)),
        migrations.AddField(
            "bulkchange", "awaits_start", models.BooleanField(db_default=False, default=False)
        ),
        migrations.AddField("bulkchange", "counted_at", models.DateTimeField(null=True)),
        migrations.AddField("bulkchange", "started_at", models.DateTimeField(null=True)),
        person("started_by"),
        migrations.AddField("bulkchange", "paused_at", models.DateTimeField(null=True)),
        person("paused_by"),
        migrations.AddField(
            "bulkchange", "next_place", models.PositiveIntegerField(db_default=0, default=0)
        ),
        migrations.AddField(
            "bulkchange", "preview", models.JSONField(db_default={}, default=dict)
        ),
        migrations.AddField(
            "bulkchange", "outcomes", models.JSONField(db_default={}, default=dict)
        ),
    ]
