from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Reads the table once, while others go on writing."""

    dependencies = [("customers", "0023_sign_ins_by_address")]
    operations = [ValidateConstraint("identity", "signed_in_with_what_is_proved")]
