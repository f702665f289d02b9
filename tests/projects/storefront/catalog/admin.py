from django.contrib import admin, messages

from catalog.models import Product, Supplier


@admin.action(description="End the sale of the chosen products")
def end_sale(modeladmin, request, queryset):
    changed = queryset.filter(discount__gt=0).update(discount=0)
    modeladmin.message_user(request, f"{changed} products are no longer on sale", messages.SUCCESS)


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    list_display = ["sku", "title", "supplier", "discount"]
    list_select_related = ["supplier"]
    search_fields = ["sku", "title"]
    actions = [end_sale]


@admin.register(Supplier)
class SupplierAdmin(admin.ModelAdmin):
    list_display = ["name", "contact"]

    def has_delete_permission(self, request, obj=None):
        if obj is None:
            return super().has_delete_permission(request)
        products = Product.objects.filter(supplier=obj)
        return not products and super().has_delete_permission(request, obj)
