"""The Celery application and its timetable."""

from celery import Celery
from celery.schedules import crontab

from storefront.settings import get_settings

app = Celery("storefront", broker=get_settings().redis_url, include=["storefront.tasks.fulfilment", "storefront.tasks.reports"])
app.conf.update(task_time_limit=300, task_soft_time_limit=270, timezone="UTC", worker_max_tasks_per_child=500)

app.conf.beat_schedule = {
    "daily-report": {
        "task": "storefront.tasks.reports.daily_report",
        "schedule": crontab(hour=6),
    },
    "weekly-report": {
        "task": "storefront.tasks.reports.weekly_report",
        "schedule": crontab(day_of_week="mon", hour=5, minute=30),
    },
    "stock-check": {
        "task": "storefront.tasks.reports.stock_check",
        "schedule": crontab(minute="*/15"),
    },
}
