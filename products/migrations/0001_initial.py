import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.constraints
import django.db.models.deletion
import django.utils.timezone
import products.models.labels
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        # Its SQL functions fold what search reads.
        ('customers', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('price_from', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('price_to', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('stock', models.IntegerField(default=0)),
                ('tracked_count', models.PositiveIntegerField(default=0)),
                ('variants_count', models.PositiveIntegerField(default=0)),
                ('source', models.CharField(max_length=40)),
                ('external_id', models.CharField(max_length=255)),
                ('handle', models.CharField(max_length=255)),
                ('title', models.CharField(max_length=255)),
                ('sort_title', models.CharField(blank=True, db_collation='C', max_length=300)),
                ('description', models.TextField(blank=True)),
                ('vendor', models.CharField(blank=True, max_length=255)),
                ('product_type', models.CharField(blank=True, max_length=255)),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=255), blank=True, default=list, size=None)),
                ('status', models.CharField(choices=[('active', 'Active'), ('draft', 'Draft'), ('archived', 'Archived')], default='active', max_length=10)),
                ('option1_name', models.CharField(blank=True, max_length=255)),
                ('option2_name', models.CharField(blank=True, max_length=255)),
                ('option3_name', models.CharField(blank=True, max_length=255)),
                ('currency', models.CharField(max_length=3)),
                ('image_url', models.CharField(blank=True, max_length=2000)),
                ('page_url', models.CharField(blank=True, max_length=2000)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            bases=(products.models.labels.ProductLabels, models.Model),
        ),
        migrations.CreateModel(
            name='Variant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('external_id', models.CharField(blank=True, max_length=800)),
                ('option1', models.CharField(blank=True, max_length=255)),
                ('option2', models.CharField(blank=True, max_length=255)),
                ('option3', models.CharField(blank=True, max_length=255)),
                ('sku', models.CharField(blank=True, max_length=255)),
                ('barcode', models.CharField(blank=True, max_length=100)),
                ('price', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('compare_at_price', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('stock', models.IntegerField(null=True)),
                ('continue_selling', models.BooleanField(default=False)),
                ('weight_grams', models.PositiveIntegerField(null=True)),
                ('requires_shipping', models.BooleanField(default=True)),
                ('image_url', models.CharField(blank=True, max_length=2000)),
            ],
            options={
                'ordering': ['product_id', 'position'],
            },
        ),
        migrations.CreateModel(
            name='ProductSearch',
            fields=[
                ('product', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search_row', serialize=False, to='products.product')),
                ('doc', models.TextField()),
            ],
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['sort_title', 'id'], name='product_by_title'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['created_at', 'id'], name='product_by_created'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['updated_at', 'id'], name='product_by_updated'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['stock', 'id'], name='product_by_stock'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['status', 'sort_title', 'id'], name='product_by_status'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.UniqueConstraint(fields=('source', 'external_id'), name='product_once_per_source'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.UniqueConstraint(fields=('handle',), name='product_handle_once'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['active', 'draft', 'archived'])), name='product_status_known'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('image_url', ''), ('image_url__iregex', '^https?://'), _connector='OR'), models.Q(('page_url', ''), ('page_url__iregex', '^https?://'), _connector='OR')), name='product_addresses_of_the_web'),
        ),
        migrations.AddField(
            model_name='variant',
            name='product',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='variants', to='products.product'),
        ),
        migrations.AddIndex(
            model_name='productsearch',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('doc', name='gin_trgm_ops'), name='product_search_doc'),
        ),
        migrations.AddIndex(
            model_name='variant',
            index=models.Index(fields=['sku'], name='variant_by_sku'),
        ),
        migrations.AddIndex(
            model_name='variant',
            index=models.Index(condition=models.Q(('barcode', ''), _negated=True), fields=['barcode'], name='variant_by_barcode'),
        ),
        migrations.AddConstraint(
            model_name='variant',
            constraint=models.UniqueConstraint(fields=('product', 'external_id'), name='variant_once'),
        ),
        migrations.AddConstraint(
            model_name='variant',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('product', 'position'), name='variant_position_once'),
        ),
        migrations.AddConstraint(
            model_name='variant',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('price', None), ('price__gte', 0), _connector='OR'), models.Q(('compare_at_price', None), ('compare_at_price__gte', 0), _connector='OR')), name='variant_money_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='variant',
            constraint=models.CheckConstraint(condition=models.Q(('image_url', ''), ('image_url__iregex', '^https?://'), _connector='OR'), name='variant_address_of_the_web'),
        ),
    ]
