import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0002_staff'),
        ('shop', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(default='shopify', max_length=40)),
                ('encoding', models.CharField(max_length=20)),
                ('delimiter', models.CharField(max_length=1)),
                ('uploaded_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('read_at', models.DateTimeField(null=True)),
                ('checked_at', models.DateTimeField(null=True)),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('failed_at', models.DateTimeField(null=True)),
                ('failure', models.JSONField(default=list)),
                ('failed_line', models.BigIntegerField(null=True)),
                ('read_line', models.BigIntegerField(default=0)),
                ('read_bytes', models.BigIntegerField(default=0)),
                ('done_line', models.BigIntegerField(default=0)),
                ('worked_at', models.DateTimeField(null=True)),
                ('rows_count', models.PositiveIntegerField(default=0)),
                ('done_count', models.PositiveIntegerField(default=0)),
                ('created_count', models.PositiveIntegerField(default=0)),
                ('changed_count', models.PositiveIntegerField(default=0)),
                ('unchanged_count', models.PositiveIntegerField(default=0)),
                ('skipped_count', models.PositiveIntegerField(default=0)),
                ('cancelled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shop.storedfile')),
                ('started_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.BigIntegerField()),
                ('outcome', models.CharField(choices=[('created', 'Created'), ('changed', 'Changed'), ('unchanged', 'Unchanged'), ('skipped', 'Skipped')], max_length=9)),
                ('problems', models.JSONField(default=list)),
                ('digest', models.UUIDField()),
                ('nameless_key', models.UUIDField(null=True)),
                ('customer', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='import_rows', to='customers.customer')),
                ('of_import', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='customers.import')),
            ],
        ),
        migrations.CreateModel(
            name='StagedRow',
            fields=[
                ('pk', models.CompositePrimaryKey('of_import_id', 'line', blank=True, editable=False, primary_key=True, serialize=False)),
                ('line', models.BigIntegerField()),
                ('external_id', models.TextField()),
                ('first_name', models.TextField()),
                ('last_name', models.TextField()),
                ('company', models.TextField()),
                ('email', models.TextField()),
                ('email_key', models.TextField()),
                ('phone', models.TextField()),
                ('phone_key', models.TextField()),
                ('street', models.TextField()),
                ('extra', models.TextField()),
                ('postal_code', models.TextField()),
                ('city', models.TextField()),
                ('region', models.TextField()),
                ('country', models.TextField()),
                ('address_phone', models.TextField()),
                ('note', models.TextField()),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('tag_keys', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('email_consent', models.BooleanField(null=True)),
                ('sms_consent', models.BooleanField(null=True)),
                ('orders_count', models.IntegerField(null=True)),
                ('amount_spent', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('problems', models.JSONField()),
                ('is_usable', models.BooleanField()),
                ('has_address', models.BooleanField()),
                ('digest', models.UUIDField()),
                ('of_import', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='staged', to='customers.import')),
            ],
            options={
                'db_table_comment': 'Unlogged: holds rows of files only while they are imported.',
            },
        ),
        migrations.AddConstraint(
            model_name='import',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cancelled_at', None), ('finished_at', None)), models.Q(('failed_at', None), ('finished_at', None)), models.Q(('cancelled_at', None), ('failed_at', None)), _connector='OR'), name='import_ends_once'),
        ),
        migrations.AddConstraint(
            model_name='import',
            constraint=models.CheckConstraint(condition=models.Q(('started_at', None), ('checked_at__isnull', False), _connector='OR'), name='import_checked_first'),
        ),
        migrations.AddIndex(
            model_name='importrow',
            index=models.Index(condition=models.Q(('customer__isnull', False)), fields=['customer', 'id'], name='import_row_customer'),
        ),
        migrations.AddIndex(
            model_name='importrow',
            index=models.Index(condition=models.Q(('customer__isnull', False), ('nameless_key__isnull', False)), fields=['nameless_key'], name='import_row_nameless'),
        ),
        migrations.AddIndex(
            model_name='importrow',
            index=models.Index(condition=models.Q(('problems', []), _negated=True), fields=['of_import', 'line'], name='import_row_problems'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=models.UniqueConstraint(fields=('of_import', 'line'), name='import_row_once'),
        ),
        # Rows on their way in need no log: a crash empties the table, and the file is read again.
        migrations.RunSQL(
            "ALTER TABLE customers_stagedrow SET UNLOGGED",
            migrations.RunSQL.noop,
        ),
    ]
