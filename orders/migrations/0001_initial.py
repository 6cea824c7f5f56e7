import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import orders.models.labels
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0002_staff'),
    ]

    operations = [
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(max_length=3)),
                ('subtotal', models.DecimalField(decimal_places=2, max_digits=14)),
                ('discount', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=14)),
                ('shipping', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=14)),
                ('taxes', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=14)),
                ('total', models.DecimalField(decimal_places=2, max_digits=14)),
                ('refunded', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=14)),
                ('name', models.CharField(max_length=64)),
                ('number', models.BigIntegerField()),
                ('source', models.CharField(max_length=40)),
                ('external_id', models.CharField(max_length=64)),
                ('placed_at', models.DateTimeField()),
                ('paid_at', models.DateTimeField(null=True)),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('delivered_at', models.DateTimeField(null=True)),
                ('cancel_reason', models.CharField(blank=True, choices=[('customer', 'Customer changed their mind'), ('declined', 'Payment declined'), ('fraud', 'Suspected fraud'), ('inventory', 'Out of stock'), ('staff', 'Mistake by staff'), ('other', 'Other reason')], max_length=20)),
                ('financial_status', models.CharField(choices=[('pending', 'Payment pending'), ('authorized', 'Authorised'), ('partially_paid', 'Partially paid'), ('paid', 'Paid'), ('partially_refunded', 'Partially refunded'), ('refunded', 'Refunded'), ('voided', 'Voided'), ('expired', 'Expired')], default='pending', max_length=20)),
                ('fulfillment_status', models.CharField(choices=[('unfulfilled', 'Unfulfilled'), ('partial', 'Partially shipped'), ('fulfilled', 'Shipped'), ('restocked', 'Restocked')], default='unfulfilled', max_length=20)),
                ('email', models.CharField(blank=True, max_length=254)),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('billing_address', models.JSONField(default=dict)),
                ('shipping_address', models.JSONField(default=dict)),
                ('note', models.TextField(blank=True)),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=255), blank=True, default=list, size=None)),
                ('is_test', models.BooleanField(default=False)),
                ('brought_in_at', models.DateTimeField(null=True)),
                ('customer', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='customers.customer')),
            ],
            bases=(orders.models.labels.OrderLabels, models.Model),
        ),
        migrations.CreateModel(
            name='Line',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('title', models.CharField(max_length=255)),
                ('variant', models.CharField(blank=True, max_length=255)),
                ('sku', models.CharField(blank=True, max_length=100)),
                ('quantity', models.PositiveIntegerField()),
                ('shipped_quantity', models.PositiveIntegerField(default=0)),
                ('price', models.DecimalField(decimal_places=2, max_digits=14)),
                ('discount', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=14)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='orders.order')),
            ],
            options={
                'ordering': ['order_id', 'position'],
            },
        ),
        migrations.CreateModel(
            name='Parcel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('company', models.CharField(blank=True, max_length=60)),
                ('number', models.CharField(blank=True, max_length=100)),
                ('url', models.URLField(blank=True, max_length=500)),
                ('shipped_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('delivered_at', models.DateTimeField(null=True)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parcels', to='orders.order')),
            ],
            options={
                'ordering': ['order_id', 'shipped_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ParcelLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.PositiveIntegerField()),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parcel_lines', to='orders.line')),
                ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='orders.parcel')),
            ],
            options={
                'ordering': ['parcel_id', 'line_id'],
            },
        ),
        migrations.CreateModel(
            name='Refund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('reason', models.CharField(blank=True, max_length=255)),
                ('external_id', models.CharField(blank=True, max_length=64)),
                ('refunded_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='refunds', to='orders.order')),
            ],
            options={
                'ordering': ['order_id', 'refunded_at', 'id'],
            },
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['customer', 'placed_at', 'id'], name='order_of_customer'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['placed_at', 'id'], name='order_newest'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['total', 'id'], name='order_by_total'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['number', 'id'], name='order_by_number'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['financial_status', 'placed_at', 'id'], name='order_by_money'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['fulfillment_status', 'placed_at', 'id'], name='order_by_goods'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(django.db.models.functions.text.Upper('name'), name='order_by_name'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(django.contrib.postgres.indexes.OpClass('email', 'text_pattern_ops'), name='order_by_email'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.UniqueConstraint(fields=('source', 'external_id'), name='order_once_per_source'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('discount__gte', 0), ('shipping__gte', 0), ('subtotal__gte', 0), ('taxes__gte', 0), ('total__gte', 0)), name='order_money_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('refunded__gte', 0), ('refunded__lte', models.F('total'))), name='order_refunds_what_was_paid'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('financial_status__in', ['pending', 'authorized', 'partially_paid', 'paid', 'partially_refunded', 'refunded', 'voided', 'expired'])), name='order_financial_status_known'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('fulfillment_status__in', ['unfulfilled', 'partial', 'fulfilled', 'restocked'])), name='order_fulfillment_status_known'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cancel_reason', ''), ('cancelled_at', None)), models.Q(('cancel_reason__in', ['customer', 'declined', 'fraud', 'inventory', 'staff', 'other']), ('cancelled_at__isnull', False)), _connector='OR'), name='order_cancelled_for_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('delivered_at', None), ('fulfillment_status', 'fulfilled'), _connector='OR'), name='order_delivered_after_it_left'),
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.UniqueConstraint(fields=('order', 'position'), name='line_position_once'),
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gte', 1)), name='line_has_quantity'),
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.CheckConstraint(condition=models.Q(('shipped_quantity__lte', models.F('quantity'))), name='line_ships_what_was_ordered'),
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.CheckConstraint(condition=models.Q(('discount__gte', 0), ('price__gte', 0)), name='line_money_not_negative'),
        ),
        migrations.AddIndex(
            model_name='parcel',
            index=models.Index(condition=models.Q(('number', ''), _negated=True), fields=['number'], name='parcel_number'),
        ),
        migrations.AddConstraint(
            model_name='parcel',
            constraint=models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('order', 'number'), name='parcel_once'),
        ),
        migrations.AddConstraint(
            model_name='parcel',
            constraint=models.CheckConstraint(condition=models.Q(('delivered_at', None), ('delivered_at__gte', models.F('shipped_at')), _connector='OR'), name='parcel_shipped_before_delivered'),
        ),
        migrations.AddConstraint(
            model_name='parcelline',
            constraint=models.UniqueConstraint(fields=('parcel', 'line'), name='parcel_line_once'),
        ),
        migrations.AddConstraint(
            model_name='parcelline',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gte', 1)), name='parcel_line_has_quantity'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='refund_gives_something'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('order', 'external_id'), name='refund_once'),
        ),
    ]
