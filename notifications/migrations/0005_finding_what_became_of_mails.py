from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

VERDICT = (
    Q(failure="refused", failed_at__isnull=False)
    | Q(bounced_at__isnull=False)
    | Q(delivered_at__isnull=False)
)
INDEXES = [
    models.Index(fields=["-bounced_at"], name="mail_bounced", condition=Q(bounced_at__isnull=False)),
    models.Index(fields=["service_id"], name="mail_of_service", condition=~Q(service_id="")),
    models.Index(fields=["to", "-id"], name="mail_verdict", condition=VERDICT),
]


def built_anew(index):
    """Without what an attempt may have left that was cut off in the middle."""
    return [
        migrations.RunSQL(
            f"DROP INDEX CONCURRENTLY IF EXISTS {index.name}", migrations.RunSQL.noop
        ),
        AddIndexConcurrently("mail", index),
    ]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notifications", "0004_what_became_of_mails")]
    operations = [step for index in INDEXES for step in built_anew(index)]
