import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0003_importing'),
    ]

    operations = [
        migrations.AddField(
            model_name='stagedrow',
            name='verdict',
            field=models.CharField(blank=True, choices=[('created', 'Created'), ('changed', 'Changed'), ('unchanged', 'Unchanged'), ('skipped', 'Skipped')], db_default='', max_length=9),
        ),
        migrations.AddField(
            model_name='stagedrow',
            name='verdict_reasons',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=[], size=None),
        ),
    ]
