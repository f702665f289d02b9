"""The catalogue, edited by staff in Django's admin and read by the shop."""

from django.db import models
from django.utils import timezone


class ProductQuerySet(models.QuerySet):
    def on_sale(self):
        return self.filter(discount__gt=0, published_at__lte=timezone.now())


class Supplier(models.Model):
    name = models.CharField(max_length=120, unique=True)
    contact = models.EmailField()

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    sku = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=200)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="products")
    discount = models.PositiveSmallIntegerField(default=0)
    published_at = models.DateTimeField(default=timezone.now)

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title
