from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0004_verdicts"),
    ]

    operations = [
        migrations.RemoveField(model_name="stagedrow", name="verdict_reasons"),
        migrations.AddField(
            model_name="import",
            name="attempts",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="import",
            name="forgotten_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="import",
            name="only_fills_gaps",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="import",
            name="passed_over",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="importrow",
            name="is_written",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="importrow",
            name="changes",
            field=models.JSONField(default=dict),
        ),
        migrations.AddIndex(
            model_name="importrow",
            index=models.Index(
                condition=~models.Q(changes={}),
                fields=["of_import", "line"],
                name="import_row_changes",
            ),
        ),
        *(
            migrations.AddField(
                model_name="customer",
                name=f"{channel}_consent_collected_from",
                field=models.CharField(
                    blank=True,
                    choices=[
                        ("SHOPIFY", "Shopify"),
                        ("OTHER", "elsewhere"),
                        ("FILE", "an imported file"),
                    ],
                    db_default="",
                    default="",
                    max_length=7,
                ),
            )
            for channel in ("email", "sms")
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=~models.Q(sms_consent="INVALID"),
                name="consent_invalid_for_email_only",
            ),
        ),
    ]
