import accounts.models.links
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('customers', '0002_staff'),
    ]

    operations = [
        migrations.CreateModel(
            name='RecoveryAsk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('recover', 'Recover'), ('register', 'Register'), ('staff', 'Staff')], max_length=8)),
                ('address', models.CharField(blank=True, max_length=254)),
                ('first_name', models.CharField(blank=True, max_length=100)),
                ('last_name', models.CharField(blank=True, max_length=100)),
                ('language', models.CharField(blank=True, max_length=20)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('answered_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['asked_at'], name='recovery_ask_by_time')],
            },
        ),
        migrations.CreateModel(
            name='Registration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nonce', models.CharField(default=accounts.models.links.new_nonce, editable=False, max_length=32)),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('ending', models.CharField(blank=True, choices=[('used', 'Used'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn'), ('replaced', 'Replaced by a newer link')], max_length=10)),
                ('to', models.CharField(blank=True, max_length=254)),
                ('first_name', models.CharField(blank=True, max_length=100)),
                ('last_name', models.CharField(blank=True, max_length=100)),
                ('language', models.CharField(max_length=20)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('to',), name='one_unclosed_registration')],
            },
        ),
        migrations.CreateModel(
            name='Throttle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40)),
                ('key', models.CharField(max_length=64)),
                ('account', models.CharField(blank=True, db_index=True, default='', max_length=64)),
                ('count', models.PositiveIntegerField()),
                ('ends_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('name', 'key'), name='throttle_once')],
            },
        ),
        migrations.CreateModel(
            name='ResetRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nonce', models.CharField(default=accounts.models.links.new_nonce, editable=False, max_length=32)),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('ending', models.CharField(blank=True, choices=[('used', 'Used'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn'), ('replaced', 'Replaced by a newer link')], max_length=10)),
                ('purpose', models.CharField(choices=[('reset', 'Password reset'), ('invite', 'Account invite')], max_length=6)),
                ('to', models.EmailField(max_length=254)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reset_requests', to='customers.customer')),
            ],
            options={
                'indexes': [models.Index(fields=['customer', '-id'], name='reset_request_of_customer'), models.Index(condition=models.Q(('closed_at', None)), fields=['expires_at'], name='reset_request_unclosed')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('customer',), name='one_unclosed_reset_request')],
            },
        ),
        migrations.CreateModel(
            name='StaffLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nonce', models.CharField(default=accounts.models.links.new_nonce, editable=False, max_length=32)),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('ending', models.CharField(blank=True, choices=[('used', 'Used'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn'), ('replaced', 'Replaced by a newer link')], max_length=10)),
                ('purpose', models.CharField(choices=[('invite', 'Invite'), ('reset', 'Password reset')], max_length=6)),
                ('to', models.EmailField(max_length=254)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='staff_links', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('user',), name='one_unclosed_staff_link')],
            },
        ),
        migrations.CreateModel(
            name='UsedCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.BigIntegerField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'step'), name='used_code_once')],
            },
        ),
    ]
