"""The Celery app and the whole beat schedule on one screen."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("linli")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Every entry is one idempotent pass over what is due: running it twice, late, or from two beats
# changes nothing. `expires` drops what piled up while no worker was there.
app.conf.beat_schedule = {
    "deliver notices that are due": {
        "task": "notices.deliver_due",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "queue class reminders, 24 h and 2 h before": {
        "task": "courses.remind",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "pass on seats whose offer ran out": {
        "task": "courses.lapse_offers",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "put gifts back that nobody picked up": {
        "task": "points.expire_holds",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "record what volunteers taught": {
        "task": "courses.record_teaching",
        "schedule": crontab(hour=22, minute=30),
        "options": {"expires": 3600},
    },
    # After midnight in Shanghai: nothing more is posted into yesterday.
    "close the ledger's day": {
        "task": "points.close_day",
        "schedule": crontab(hour=0, minute=20),
        "options": {"expires": 3600},
    },
    "start and finish classes by date": {
        "task": "courses.turn_classes",
        "schedule": crontab(hour=0, minute=10),
        "options": {"expires": 3600},
    },
    "plan volunteer shifts six weeks ahead": {
        "task": "volunteers.plan_ahead",
        "schedule": crontab(hour=0, minute=20),
        "options": {"expires": 3600},
    },
    "queue shift reminders, the day before": {
        "task": "volunteers.remind_shifts",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "queue reminders of market bookings, the day before": {
        "task": "orders.remind_markets",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "tell of grant reports due within a fortnight": {
        "task": "grants.remind_reports",
        "schedule": crontab(hour=8, minute=10),
        "options": {"expires": 3600},
    },
    "give free places in shifts to who waits": {
        "task": "volunteers.fill_places",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "take back service offers that nobody answered": {
        "task": "orders.expire_offers",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "tell directors of service orders without an answer": {
        "task": "orders.escalate_orders",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "close, take up again and escalate tickets whose time is over": {
        "task": "grievances.pass_time",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "set right what ran into a year without a calendar": {
        "task": "grievances.settle_calendar",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "fill agendas, remind of meetings and of bodies that do not meet": {
        "task": "grievances.remind_meetings",
        "schedule": crontab(hour=9, minute=10),
        "options": {"expires": 3600},
    },
    "take away files of pictures that no ticket knows": {
        "task": "grievances.sweep_pictures",
        "schedule": crontab(hour=3, minute=40),
        "options": {"expires": 3600},
    },
    "read, write down and take back household books": {
        "task": "visits.work_on_books",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "end homes of those who live elsewhere by now": {
        "task": "visits.settle_homes",
        "schedule": crontab(hour=0, minute=40),
        "options": {"expires": 3600},
    },
    "drop household books that nobody confirmed": {
        "task": "visits.forget_books",
        "schedule": crontab(hour=3, minute=50),
        "options": {"expires": 3600},
    },
    "let days of visits follow their policy, pauses and the calendar": {
        "task": "visits.settle_care",
        "schedule": crontab(hour=0, minute=20),
        "options": {"expires": 3600},
    },
    "tell directors of visits that are late": {
        "task": "visits.escalate_care",
        "schedule": crontab(hour=8, minute=20),
        "options": {"expires": 3600},
    },
    "draw whom to phone about finished services": {
        "task": "orders.draw_callbacks",
        "schedule": crontab(hour=6, minute=30),
        "options": {"expires": 3600},
    },
}
