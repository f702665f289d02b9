"""The shop: a public API (FastAPI), a back office (Flask), background work (Celery) and the catalogue's admin (Django)."""

__version__ = "2.4.0"
