"""The State Council's holidays and make-up working days, 2020 to 2026, as chinesecalendar has them.

Later years are loaded by `manage.py load_calendar` or typed in once they are published.
"""

import chinese_calendar
from django.db import migrations

YEARS = range(2020, 2027)


def load(apps, schema_editor):
    CalendarDay = apps.get_model("centers", "CalendarDay")
    rows = []
    for kind, days in (("HOLIDAY", chinese_calendar.holidays), ("MAKEUP_WORKDAY", chinese_calendar.workdays)):
        for day, holiday in days.items():
            if day.year in YEARS:
                rows.append(CalendarDay(day=day, kind=kind, name=chinese_calendar.Holiday(holiday).chinese))
    CalendarDay.objects.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("centers", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
