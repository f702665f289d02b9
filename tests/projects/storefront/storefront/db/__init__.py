from storefront.db.engine import SessionFactory, engine, reporting_engine
from storefront.db.models import Base, Customer, Order, OrderLine, Product

__all__ = [
    "Base",
    "Customer",
    "Order",
    "OrderLine",
    "Product",
    "SessionFactory",
    "engine",
    "reporting_engine",
]
