"""What happens to an order after it was paid."""

import time

from celery import shared_task
from celery.utils.log import get_task_logger

from storefront.clients import mail, shipping
from storefront.db.engine import ReportingSession
from storefront.db.models import Customer, Order

log = get_task_logger(__name__)


@shared_task(bind=True, max_retries=5, retry_backoff=True)
def book_shipment(self, order_id: int) -> str:
    with ReportingSession() as session:
        order = session.get_one(Order, order_id)
        address = {"customer": str(order.customer_id)}
    try:
        return shipping.book_parcel(order_id, address)
    except OSError as error:
        raise self.retry(exc=error) from error


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def send_invoice(order_id: int, pdf: str) -> None:
    with ReportingSession() as session:
        order = session.get_one(Order, order_id)
        customer = session.get_one(Customer, order.customer_id)
    mail.send_invoice(customer.email, order_id, bytes.fromhex(pdf))


@shared_task
def settle_with_carrier(tracking: str) -> None:
    """The carrier's sandbox needs a breath between booking and label. A worker process may wait."""
    time.sleep(2)
    size = len(shipping.label(tracking))
    log.info("label of %s: %d bytes", tracking, size)
