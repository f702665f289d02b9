from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from catalog.models import Product, Supplier


@require_GET
def sale(request: HttpRequest) -> HttpResponse:
    products = Product.objects.on_sale().select_related("supplier")[:60]
    if products:
        return render(request, "catalog/sale.html", {"products": products})
    return render(request, "catalog/no_sale.html")


@require_GET
def supplier_summary(request: HttpRequest, pk: int) -> JsonResponse:
    supplier = get_object_or_404(Supplier, pk=pk)
    products = supplier.products.all()
    return JsonResponse({"name": supplier.name, "products": len(products)})


@require_GET
def sale_banner(request: HttpRequest) -> JsonResponse:
    discounted = Product.objects.filter(discount__gte=20)
    if discounted:
        return JsonResponse({"banner": "Up to 20 % and more off"})
    return JsonResponse({"banner": None})


@require_GET
def has_sale(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"sale": Product.objects.on_sale().exists()})


async def product_titles(request: HttpRequest) -> JsonResponse:
    titles = [product.title async for product in Product.objects.on_sale()[:20]]
    return JsonResponse({"titles": titles})
