import accounts.models.links
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q

ENDINGS = [
    ("used", "Used"),
    ("declined", "Declined"),
    ("withdrawn", "Withdrawn"),
    ("replaced", "Replaced by a newer link"),
]


class Migration(migrations.Migration):
    reviewed = "the columns are new and empty: the foreign key's check finds nothing to look up"
    dependencies = [("accounts", "0015_sign_in_after_a_reset")]
    operations = [
        migrations.AddField(
            "resetrequest", "throttled_count", models.PositiveIntegerField(db_default=0, default=0)
        ),
        migrations.AddField("resetrequest", "settled_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "resetrequest",
            "settled_by",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField("resetrequest", "reopened_at", models.DateTimeField(null=True)),
        migrations.AddField("resetrequest", "asked_whether_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="Feedback",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "nonce",
                    models.CharField(
                        default=accounts.models.links.new_nonce, editable=False, max_length=32
                    ),
                ),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("ending", models.CharField(blank=True, choices=ENDINGS, max_length=10)),
                ("to", models.EmailField(max_length=254)),
                ("worked", models.BooleanField(null=True)),
                ("words", models.CharField(blank=True, max_length=1000)),
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feedback",
                        to="accounts.resetrequest",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(worked__isnull=False, ending="used")
                        | (Q(worked=None) & ~Q(ending="used")),
                        name="feedback_answered_when_used",
                    )
                ]
            },
        ),
        AddConstraintNotValid(
            "resetrequest",
            models.CheckConstraint(
                condition=Q(settled_by=None) | Q(settled_at__isnull=False),
                name="reset_request_settled_when",
            ),
        ),
        AddConstraintNotValid(
            "resetrequest",
            models.CheckConstraint(
                condition=Q(signed_in_at=None, settled_at=None, reopened_at=None)
                | Q(ending="used"),
                name="only_used_links_are_followed_up",
            ),
        ),
    ]
