import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('events', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailServer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('away_since', models.DateTimeField(null=True)),
                ('next_try_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='Mail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('queue_name', models.CharField(default='default', max_length=40)),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('told_at', models.DateTimeField(default=django.utils.timezone.now, null=True)),
                ('lease', models.UUIDField(null=True)),
                ('leased_until', models.DateTimeField(null=True)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('lost_workers', models.PositiveIntegerField(default=0)),
                ('kind', models.CharField(max_length=60)),
                ('to', models.CharField(max_length=320)),
                ('language', models.CharField(max_length=20)),
                ('subject_type', models.CharField(max_length=80)),
                ('subject_id', models.BigIntegerField()),
                ('plain', models.JSONField(default=dict)),
                ('queued_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField(null=True)),
                ('gives_up_at', models.DateTimeField()),
                ('handed_over_at', models.DateTimeField(null=True)),
                ('failed_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('failure', models.CharField(blank=True, choices=[('connection', 'The mail server could not be reached'), ('temporary', 'The mail server asked to try again later'), ('refused', 'The mail server refused the mail'), ('interrupted', 'The connection broke while the mail was handed over'), ('expired', 'The mail could not be sent in time'), ('unwritable', 'The mail could not be written'), ('worker_lost', 'Sending the mail ended a worker several times')], default='', max_length=20)),
                ('answer', models.CharField(blank=True, default='', max_length=20)),
                ('interrupted_at', models.DateTimeField(null=True)),
                ('sent_subject', models.CharField(blank=True, default='', max_length=300)),
                ('sent_text', models.TextField(blank=True, default='')),
                ('cause', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='events.event')),
            ],
            options={
                'indexes': [models.Index(fields=['subject_type', 'subject_id', '-id'], name='mail_about'), models.Index(condition=models.Q(('failed_at', None), ('handed_over_at', None), ('withdrawn_at', None)), fields=['due_at'], name='mail_open'), models.Index(condition=models.Q(('to', ''), _negated=True), fields=['queued_at'], name='mail_remembered'), models.Index(condition=models.Q(('failed_at__isnull', False)), fields=['-failed_at'], name='mail_failed')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('to', ''), _negated=True), fields=('cause', 'kind', 'to'), name='mail_once_per_cause')],
            },
        ),
    ]
