import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_address_undos"),
        ("customers", "0025_bulk_changes_are_counted_first"),
    ]

    operations = [
        migrations.CreateModel(
            name="MailPace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("taken", models.JSONField(default=list)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="one_mail_pace")
                ],
            },
        ),
        migrations.AddField(
            model_name="resetrequest",
            name="sent_in",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.bulkchange",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="password_due_at",
            field=models.DateTimeField(null=True),
        ),
        AddConstraintNotValid(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("password_due_at", None))
                | models.Q(("customer__isnull", False)),
                name="password_due_of_customers",
            ),
        ),
    ]
