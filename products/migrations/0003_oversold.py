from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("products", "0002_imports")]

    operations = [
        migrations.AddField(
            model_name="product",
            name="oversold",
            field=models.IntegerField(db_default=0, default=0),
        ),
    ]
