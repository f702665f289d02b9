from django.db import migrations

BATCH = 500


def strip_titles(apps, schema_editor):
    product_model = apps.get_model("catalog", "Product")
    batch = []
    for product in product_model.objects.only("title").iterator(chunk_size=BATCH):
        product.title = " ".join(product.title.split())
        batch.append(product)
        if len(batch) == BATCH:
            product_model.objects.bulk_update(batch, ["title"])
            batch.clear()
    product_model.objects.bulk_update(batch, ["title"])


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [migrations.RunPython(strip_titles)]
