from django.db import migrations

# What is there, and what was sold beyond it, where the two were one sum until now. Bears a repeat.
_FIGURES = """
UPDATE products_product p SET stock = f.stock, oversold = f.oversold
FROM (
    SELECT product_id,
        least(coalesce(sum(greatest(stock, 0)), 0), 2147483647)::integer AS stock,
        least(coalesce(-sum(least(stock, 0)), 0), 2147483647)::integer AS oversold
    FROM products_variant
    WHERE product_id IN (SELECT product_id FROM products_variant WHERE stock < 0)
    GROUP BY product_id
) f
WHERE p.id = f.product_id AND (p.stock, p.oversold) IS DISTINCT FROM (f.stock, f.oversold)
"""


class Migration(migrations.Migration):
    reviewed = "holds nothing but the rows of products of which a variant is below zero"

    dependencies = [("products", "0003_oversold")]

    operations = [migrations.RunSQL(_FIGURES, migrations.RunSQL.noop)]
