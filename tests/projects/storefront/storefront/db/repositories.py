"""Queries of the API. Each takes the request's session and leaves the commit to the caller."""

from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from storefront.db.models import Customer, Order, OrderLine, Product


class OutOfStock(Exception):
    def __init__(self, sku: str) -> None:
        super().__init__(f"{sku} is out of stock")
        self.sku = sku


class OrderRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, order_id: int) -> Order | None:
        statement = select(Order).where(Order.id == order_id).options(selectinload(Order.lines))
        return await self._session.scalar(statement)

    async def recent(self, customer: Customer, limit: int = 50) -> list[Order]:
        statement = (
            select(Order)
            .where(Order.customer_id == customer.id)
            .order_by(Order.placed_at.desc())
            .limit(limit)
        )
        return list(await self._session.scalars(statement))

    async def place(self, customer: Customer, wanted: dict[str, int]) -> Order:
        total = Decimal(0)
        lines = []
        for product in await self._reserve(wanted):
            quantity = wanted[product.sku]
            total += product.price * quantity
            lines.append(OrderLine(product_id=product.id, quantity=quantity))
        order = Order(customer_id=customer.id, total=total, lines=lines)
        self._session.add(order)
        await self._session.flush()
        return order

    async def _reserve(self, wanted: dict[str, int]) -> list[Product]:
        reserved = []
        for sku, quantity in sorted(wanted.items()):
            statement = (
                update(Product)
                .where(Product.sku == sku, Product.stock >= quantity)
                .values(stock=Product.stock - quantity)
                .returning(Product)
            )
            product = await self._session.scalar(statement)
            if product is None:
                raise OutOfStock(sku)
            reserved.append(product)
        return reserved
