import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import accounts.models.links


class Migration(migrations.Migration):
    reviewed = "no release has written a row of accounts_identitycheck before this one"

    dependencies = [
        ("accounts", "0011_links_of_bulk_sends"),
        ("customers", "0026_identities_know_since_when"),
    ]

    operations = [
        migrations.AddField(
            model_name="identitycheck",
            name="ending",
            field=models.CharField(
                blank=True,
                choices=[
                    ("failed", "Too many answers did not match"),
                    ("staff", "Ended by staff"),
                    ("moved", "The e-mail address changed"),
                    ("barred", "The account was put on hold or disabled"),
                ],
                db_default="",
                default="",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="identitycheck",
            name="vouched_because",
            field=models.CharField(blank=True, db_default="", default="", max_length=500),
        ),
        migrations.AddConstraint(
            model_name="identitycheck",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None), ("passed_at", None)),
                fields=("customer", "started_by"),
                name="one_open_check_each",
            ),
        ),
        migrations.CreateModel(
            name="ProofTry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("matched", models.BooleanField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("by", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("identity_check", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="tries", to="accounts.identitycheck")),
            ],
        ),
        migrations.AddConstraint(
            model_name="prooftry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("matched", True)),
                fields=("identity_check", "kind"),
                name="proof_counts_once_in_a_check",
            ),
        ),
        migrations.CreateModel(
            name="SpokenCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("nonce", models.CharField(default=accounts.models.links.new_nonce, editable=False, max_length=32)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("ending", models.CharField(blank=True, choices=[("used", "Used"), ("declined", "Declined"), ("withdrawn", "Withdrawn"), ("replaced", "Replaced by a newer link")], max_length=10)),
                ("kind", models.CharField(max_length=40)),
                ("to", models.CharField(max_length=254)),
                ("digest", models.CharField(default="", max_length=64)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("network", models.CharField(max_length=64)),
                ("identity_check", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="codes", to="accounts.identitycheck")),
                ("made_by", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name="spokencode",
            index=models.Index(fields=["expires_at"], name="spoken_code_by_end"),
        ),
        migrations.AddConstraint(
            model_name="spokencode",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at", None)),
                fields=("identity_check", "kind"),
                name="one_unclosed_code",
            ),
        ),
        migrations.CreateModel(
            name="TypedCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                ("network", models.CharField(max_length=64)),
                ("typed_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.AddIndex(
            model_name="typedcode",
            index=models.Index(fields=["digest", "typed_at"], name="typed_code"),
        ),
        migrations.AddIndex(
            model_name="typedcode",
            index=models.Index(fields=["typed_at"], name="typed_code_by_time"),
        ),
    ]
