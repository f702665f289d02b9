from django.db import migrations


def lower_contacts(apps, schema_editor):
    supplier_model = apps.get_model("catalog", "Supplier")
    changed = []
    for supplier in supplier_model.objects.iterator():
        supplier.contact = supplier.contact.lower()
        changed.append(supplier)
    supplier_model.objects.bulk_update(changed, ["contact"], batch_size=200)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_tidy_titles")]

    operations = [migrations.RunPython(lower_contacts, migrations.RunPython.noop)]
