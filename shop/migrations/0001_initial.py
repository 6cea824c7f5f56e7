import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import shop.models.files
from django.db import migrations, models


def make_the_shop(apps, schema_editor):
    apps.get_model("shop", "Shop").objects.get_or_create(pk=1)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.UUIDField(default=shop.models.files.random_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('content_type', models.CharField(max_length=100)),
                ('size', models.BigIntegerField(default=0)),
                ('stored_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('stored_by_id', models.BigIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='StoredChunk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('content', models.BinaryField()),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='chunks', to='shop.storedfile')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('file', 'position'), name='stored_chunk_once')],
            },
        ),
        migrations.CreateModel(
            name='Shop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(default='My shop', max_length=100)),
                ('language', models.CharField(choices=[('de', 'German'), ('en', 'English')], default='de', max_length=2)),
                ('form_of_address', models.CharField(choices=[('formal', 'Formal (Sie)'), ('informal', 'Informal (du)')], default='formal', max_length=8)),
                ('time_zone', models.CharField(default='Europe/Berlin', max_length=64)),
                ('currency', models.CharField(default='EUR', max_length=3)),
                ('company', models.CharField(blank=True, max_length=150)),
                ('street', models.CharField(blank=True, max_length=150)),
                ('postal_code', models.CharField(blank=True, max_length=20)),
                ('city', models.CharField(blank=True, max_length=100)),
                ('country', models.CharField(default='DE', max_length=2)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('website', models.URLField(blank=True)),
                ('colour', models.CharField(default='#12664f', max_length=7, validators=[django.core.validators.RegexValidator('^#[0-9a-f]{6}\\Z')])),
                ('version', models.PositiveIntegerField(default=1)),
                ('logo', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shop.storedfile')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_shop')],
            },
        ),
        migrations.RunPython(make_the_shop, migrations.RunPython.noop),
    ]
