"""Sessions are found by a digest of the cookie's key from now on.

Those of before are deleted rather than rewritten: a copy of the database made earlier holds their
keys, and would sign its reader in for two weeks more. Everybody signs in anew, once.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations


def end_all(apps: Any, _schema_editor: object) -> None:
    apps.get_model("accounts", "Session").objects.all().delete()


class Migration(migrations.Migration):
    reviewed = "whoever meets a session that is just deleted has to sign in anew in any case"
    dependencies = [("accounts", "0005_mail_budgets_and_flags")]

    # Backwards as well: the older code finds none of the rows by now.
    operations = [migrations.RunPython(end_all, end_all)]
