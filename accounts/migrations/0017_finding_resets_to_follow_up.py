from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models
from django.db.models import Q

UNSETTLED = Q(ending="used", settled_at=None)
INDEXES = [
    models.Index(
        fields=["closed_at"],
        name="reset_request_awaited",
        condition=UNSETTLED & Q(signed_in_at=None),
    ),
    models.Index(
        fields=["reopened_at"],
        name="reset_request_reopened",
        condition=Q(settled_at=None, reopened_at__isnull=False),
    ),
    models.Index(
        fields=["closed_at"],
        name="reset_request_unasked",
        condition=Q(ending="used", asked_whether_at=None),
    ),
    models.Index(fields=["started_at"], name="reset_request_by_time"),
]


def built_anew(index):
    """Without what an attempt may have left that was cut off in the middle."""
    return [
        migrations.RunSQL(
            f"DROP INDEX CONCURRENTLY IF EXISTS {index.name}", migrations.RunSQL.noop
        ),
        AddIndexConcurrently("resetrequest", index),
    ]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("accounts", "0016_following_resets_up")]
    operations = [
        ValidateConstraint("resetrequest", "reset_request_settled_when"),
        ValidateConstraint("resetrequest", "only_used_links_are_followed_up"),
        *(step for index in INDEXES for step in built_anew(index)),
    ]
