import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('kind', models.CharField(choices=[('staff', 'Staff'), ('customer', 'Customer')], max_length=10)),
                ('email', models.EmailField(max_length=254, null=True)),
                ('name', models.CharField(blank=True, max_length=150)),
                ('role', models.CharField(blank=True, choices=[('owner', 'Owner'), ('lead', 'Lead'), ('agent', 'Agent'), ('read_only', 'Read only')], max_length=10)),
                ('language', models.CharField(blank=True, max_length=12)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('deactivated_at', models.DateTimeField(null=True)),
                ('customer', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='user', to='customers.customer')),
            ],
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='session key')),
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('door', models.CharField(choices=[('desk', 'Desk'), ('shop', 'Shop')], max_length=4)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(fields=('kind', 'email'), name='user_email_once_per_kind'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('customer', None), ('email__isnull', False), ('kind', 'staff'), ('role__in', ['owner', 'lead', 'agent', 'read_only'])), models.Q(('customer__isnull', False), ('kind', 'customer'), ('role', '')), _connector='OR'), name='user_is_staff_or_customer'),
        ),
    ]
