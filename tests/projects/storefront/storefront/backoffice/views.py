from datetime import UTC, datetime

import requests
from flask import Blueprint, abort, current_app, jsonify, render_template, request
from sqlalchemy import select

from storefront.db.engine import ReportingSession
from storefront.db.models import Order, OrderState
from storefront.tasks.fulfilment import send_invoice

bp = Blueprint("backoffice", __name__)


@bp.get("/")
def dashboard():
    with ReportingSession() as session:
        waiting = session.scalars(select(Order).where(Order.state == OrderState.paid).limit(100)).all()
    return render_template("dashboard.html", orders=waiting, now=datetime.now(UTC))


@bp.post("/orders/<int:order_id>/invoice")
def resend_invoice(order_id: int):
    with ReportingSession() as session:
        if session.get(Order, order_id) is None:
            abort(404)
    send_invoice.delay(order_id, request.form["pdf"])
    return jsonify(state="queued"), 202


@bp.get("/rates")
def rates():
    """Shown beside the prices. The provider answers in some milliseconds, or not at all."""
    url = f"{current_app.config['PAYMENT_BASE_URL']}/rates"
    response = requests.get(url)
    response.raise_for_status()
    return jsonify(response.json())


@bp.get("/health")
def health():
    return jsonify(debug=current_app.debug)
