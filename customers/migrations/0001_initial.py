import datetime
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
from decimal import Decimal
from django.db import migrations, models

from customers.migrations._functions import CREATE_FUNCTIONS, DROP_FUNCTIONS


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        # Both are trusted extensions: the database's owner may create them.
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS pg_trgm", migrations.RunSQL.noop),
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public", migrations.RunSQL.noop),
        migrations.RunSQL(CREATE_FUNCTIONS, DROP_FUNCTIONS),
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account_state', models.CharField(choices=[('none', 'No account'), ('invited', 'Invited'), ('enabled', 'Enabled'), ('declined', 'Declined')], default='none', max_length=10)),
                ('disabled_at', models.DateTimeField(blank=True, null=True)),
                ('city', models.CharField(blank=True, max_length=100)),
                ('country', models.CharField(blank=True, max_length=2)),
                ('email_consent', models.CharField(choices=[('NOT_SUBSCRIBED', 'Not subscribed'), ('PENDING', 'Pending'), ('SUBSCRIBED', 'Subscribed'), ('UNSUBSCRIBED', 'Unsubscribed'), ('INVALID', 'Invalid'), ('REDACTED', 'Redacted')], default='NOT_SUBSCRIBED', max_length=14)),
                ('email_consent_level', models.CharField(blank=True, choices=[('single_opt_in', 'Single opt-in'), ('confirmed_opt_in', 'Confirmed opt-in'), ('unknown', 'Unknown')], max_length=16)),
                ('email_consent_at', models.DateTimeField(blank=True, null=True)),
                ('sms_consent', models.CharField(choices=[('NOT_SUBSCRIBED', 'Not subscribed'), ('PENDING', 'Pending'), ('SUBSCRIBED', 'Subscribed'), ('UNSUBSCRIBED', 'Unsubscribed'), ('INVALID', 'Invalid'), ('REDACTED', 'Redacted')], default='NOT_SUBSCRIBED', max_length=14)),
                ('sms_consent_level', models.CharField(blank=True, choices=[('single_opt_in', 'Single opt-in'), ('confirmed_opt_in', 'Confirmed opt-in'), ('unknown', 'Unknown')], max_length=16)),
                ('sms_consent_at', models.DateTimeField(blank=True, null=True)),
                ('orders_count', models.PositiveIntegerField(default=0)),
                ('amount_spent', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=14)),
                ('first_order_at', models.DateTimeField(blank=True, null=True)),
                ('last_order_at', models.DateTimeField(blank=True, null=True)),
                ('figures_from_export', models.BooleanField(default=False)),
                ('last_order_key', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce(models.F('last_order_at'), models.Value(datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))), output_field=models.DateTimeField())),
                ('first_name', models.CharField(blank=True, max_length=100, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=100, verbose_name='last name')),
                ('company', models.CharField(blank=True, max_length=150, verbose_name='company')),
                ('sort_name', models.CharField(blank=True, db_collation='C', max_length=360)),
                ('language', models.CharField(blank=True, choices=[('de', 'German'), ('en', 'English')], max_length=2, verbose_name='language')),
                ('form_of_address', models.CharField(blank=True, choices=[('formal', 'Formal (Sie)'), ('informal', 'Informal (du)')], max_length=8, verbose_name='form of address')),
                ('note', models.TextField(blank=True, max_length=5000, verbose_name='note')),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=255)),
                ('key', models.CharField(max_length=255, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='NameWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(max_length=100, unique=True)),
                ('spelling', models.CharField(max_length=100)),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('word', name='gin_trgm_ops'), name='name_word_similar')],
            },
        ),
        migrations.CreateModel(
            name='Tagging',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='taggings', to='customers.customer')),
                ('tag', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='taggings', to='customers.tag')),
            ],
        ),
        migrations.AddField(
            model_name='customer',
            name='tags',
            field=models.ManyToManyField(related_name='customers', through='customers.Tagging', to='customers.tag'),
        ),
        migrations.CreateModel(
            name='CustomerSearch',
            fields=[
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search_row', serialize=False, to='customers.customer')),
                ('created_at', models.DateTimeField()),
                ('doc', models.TextField()),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('doc', name='gin_trgm_ops'), name='customer_search_doc'), models.Index(fields=['created_at', 'customer'], name='customer_search_newest')],
            },
        ),
        migrations.CreateModel(
            name='Address',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_name', models.CharField(blank=True, max_length=100)),
                ('last_name', models.CharField(blank=True, max_length=100)),
                ('company', models.CharField(blank=True, max_length=150)),
                ('street', models.CharField(blank=True, max_length=200)),
                ('extra', models.CharField(blank=True, max_length=200)),
                ('postal_code', models.CharField(blank=True, max_length=20)),
                ('city', models.CharField(blank=True, max_length=100)),
                ('region', models.CharField(blank=True, max_length=100)),
                ('country', models.CharField(blank=True, max_length=2)),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('is_default', models.BooleanField(default=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='addresses', to='customers.customer')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('customer',), name='one_default_address')],
            },
        ),
        migrations.CreateModel(
            name='ExternalId',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=40)),
                ('value', models.CharField(max_length=100)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='external_ids', to='customers.customer')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('source', 'value'), name='external_id_once')],
            },
        ),
        migrations.CreateModel(
            name='Identity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('email', 'E-mail'), ('phone', 'Phone')], max_length=5)),
                ('value', models.CharField(max_length=254)),
                ('key', models.CharField(max_length=254)),
                ('is_primary', models.BooleanField(default=False)),
                ('proof', models.CharField(choices=[('typed', 'Typed by the customer'), ('imported', 'Imported'), ('staff', 'Entered by staff'), ('proved', 'Proved by the customer')], default='staff', max_length=8)),
                ('proved_at', models.DateTimeField(blank=True, null=True)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='identities', to='customers.customer')),
            ],
            options={
                'indexes': [models.Index(fields=['key'], name='identity_key')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_primary', True), ('kind', 'email')), fields=('key',), name='primary_email_once'), models.UniqueConstraint(fields=('customer', 'kind', 'key'), name='identity_once'), models.UniqueConstraint(condition=models.Q(('is_primary', True)), fields=('customer', 'kind'), name='one_primary_per_kind')],
            },
        ),
        migrations.AddConstraint(
            model_name='tagging',
            constraint=models.UniqueConstraint(fields=('tag', 'customer'), name='tagging_once'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['created_at', 'id'], name='customer_by_created'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['updated_at', 'id'], name='customer_by_updated'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['sort_name', 'id'], name='customer_by_name'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['amount_spent', 'id'], name='customer_by_spent'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['orders_count', 'id'], name='customer_by_orders'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['last_order_key', 'id'], name='customer_by_last_order'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['account_state', 'created_at', 'id'], name='customer_by_account'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['email_consent', 'created_at', 'id'], name='customer_by_consent'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['country', 'created_at', 'id'], name='customer_by_country'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('disabled_at__isnull', False)), fields=['created_at', 'id'], name='customer_disabled'),
        ),
    ]
