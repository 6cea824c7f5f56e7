import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "what is set unlogged is new and empty; the other columns are new and may be NULL"

    dependencies = [
        ("customers", "0027_imports_tell_of_people"),
        ("orders", "0007_newcomers_of_imports"),
    ]

    operations = [
        migrations.AddField(
            model_name="orderimportrow",
            name="pieces",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), null=True, size=None
            ),
        ),
        migrations.AddField(
            model_name="stagedorder",
            name="fulfilled_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="stagedorder",
            name="pieces",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), null=True, size=None
            ),
        ),
        migrations.CreateModel(
            name="StagedBuyer",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "of_import_id",
                        "key",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("key", models.TextField(db_collation="C")),
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
            options={
                "db_table_comment": (
                    "Unlogged: holds keys of people only while their orders are checked."
                ),
            },
        ),
        # A crash empties it: then the file's staged rows are gone too, and it is checked anew.
        migrations.RunSQL(
            "ALTER TABLE orders_stagedbuyer SET UNLOGGED",
            migrations.RunSQL.noop,
        ),
    ]
