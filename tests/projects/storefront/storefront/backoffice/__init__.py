"""The back office: a small Flask application for the shop's staff, behind the company's single sign-on."""

import os

from flask import Flask

from storefront.backoffice.config import config_by_name


def create_app(name: str | None = None) -> Flask:
    app = Flask(__name__)
    app.config.from_object(config_by_name[name or os.environ.get("BACKOFFICE_ENV", "production")])
    app.config.from_prefixed_env("BACKOFFICE")
    app.config["WTF_CSRF_SECRET_KEY"] = "c5f1e1a7b2"

    from storefront.backoffice import views

    app.register_blueprint(views.bp)
    return app
