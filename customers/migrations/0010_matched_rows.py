import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0009_bulk_changes"),
    ]

    operations = [
        migrations.CreateModel(
            name="MatchedRow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "of_import_id",
                        "line",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("line", models.BigIntegerField()),
                ("is_second", models.BooleanField()),
                ("is_email_taken", models.BooleanField()),
                ("is_by_other_email", models.BooleanField()),
                ("shares_phone_with", models.TextField()),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "of_import",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.import",
                    ),
                ),
            ],
        ),
    ]
