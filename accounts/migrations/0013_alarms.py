import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import accounts.models.links


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0012_proofs_and_spoken_codes'),
        ('events', '0003_next_rows_of_a_queue'),
    ]

    operations = [
        migrations.CreateModel(
            name='Alarm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nonce', models.CharField(default=accounts.models.links.new_nonce, editable=False, max_length=32)),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('ending', models.CharField(blank=True, choices=[('used', 'Used'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn'), ('replaced', 'Replaced by a newer link')], max_length=10)),
                ('to', models.EmailField(max_length=254)),
                ('cause', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='events.event')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alarms', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
