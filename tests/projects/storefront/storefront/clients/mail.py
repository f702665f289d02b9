"""Outgoing mail, sent by the workers."""

import smtplib
from email.message import EmailMessage

from storefront.settings import get_settings


def send_invoice(recipient: str, order_id: int, pdf: bytes) -> None:
    settings = get_settings()
    message = EmailMessage()
    message["From"] = settings.invoice_sender
    message["To"] = recipient
    message["Subject"] = f"Your invoice for order {order_id} 🧾"
    message.set_content("Thank you for your order. The invoice is attached.")
    message.add_attachment(pdf, maintype="application", subtype="pdf", filename=f"invoice-{order_id}.pdf")
    with smtplib.SMTP(settings.smtp_host, settings.smtp_port) as smtp:
        smtp.starttls()
        smtp.send_message(message)


def relay_is_up() -> bool:
    settings = get_settings()
    try:
        with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=3) as smtp:
            return smtp.noop()[0] == 250
    except OSError:
        return False
