import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('subject_type', models.CharField(max_length=80)),
                ('subject_id', models.BigIntegerField()),
                ('actor_type', models.CharField(blank=True, default='', max_length=80)),
                ('actor_id', models.BigIntegerField(null=True)),
                ('plain', models.JSONField(default=dict)),
            ],
            options={
                'indexes': [models.Index(fields=['subject_type', 'subject_id', 'id'], name='event_subject')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('queue_name', models.CharField(default='default', max_length=40)),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('told_at', models.DateTimeField(default=django.utils.timezone.now, null=True)),
                ('lease', models.UUIDField(null=True)),
                ('leased_until', models.DateTimeField(null=True)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('lost_workers', models.PositiveIntegerField(default=0)),
                ('handler', models.CharField(max_length=120)),
                ('done_at', models.DateTimeField(null=True)),
                ('given_up_at', models.DateTimeField(null=True)),
                ('last_error', models.CharField(blank=True, default='', max_length=300)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='events.event')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('done_at', None), ('given_up_at', None)), fields=['due_at'], name='delivery_open'), models.Index(condition=models.Q(('given_up_at__isnull', False)), fields=['-given_up_at'], name='delivery_given_up')],
                'constraints': [models.UniqueConstraint(fields=('event', 'handler'), name='delivery_once')],
            },
        ),
        migrations.CreateModel(
            name='EventAbout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('about_type', models.CharField(max_length=80)),
                ('about_id', models.BigIntegerField()),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='abouts', to='events.event')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('about_type', 'about_id', 'event'), name='event_about_once')],
            },
        ),
    ]
