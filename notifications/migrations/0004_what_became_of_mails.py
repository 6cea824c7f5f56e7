from django.db import migrations, models

TROUBLES = [
    ("gone", "There is no such mailbox"),
    ("no_domain", "Nobody receives mail at this domain"),
    ("full", "The mailbox is full"),
    ("blocked", "The receiving server does not accept mail from us"),
    ("held_back", "The mail service held it back: mails to this address failed before"),
    ("other", "The mail was not accepted"),
]


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_next_mails_of_a_queue")]
    operations = [
        migrations.AddField(
            "mail",
            "answer_words",
            models.CharField(blank=True, db_default="", default="", max_length=100),
        ),
        migrations.AddField(
            "mail",
            "service_id",
            models.CharField(blank=True, db_default="", default="", max_length=255),
        ),
        migrations.AddField("mail", "delivered_at", models.DateTimeField(null=True)),
        migrations.AddField("mail", "bounced_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "mail",
            "bounce",
            models.CharField(
                blank=True, choices=TROUBLES, db_default="", default="", max_length=20
            ),
        ),
        migrations.AddField(
            "mail",
            "bounce_words",
            models.CharField(blank=True, db_default="", default="", max_length=100),
        ),
    ]
