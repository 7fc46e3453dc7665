"""How people say on which day something is."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

EVENING = 17


def weekday(number: int) -> str:
    """1 -> "周一"."""
    return (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))[number - 1]


def day_word(day: date, today: date, hour: int = 0) -> str:
    """ "今晚", "明天", "周三", "12月2日": how people say a day near at hand."""
    away = (day - today).days
    if away == 0:
        return _("今晚") if hour >= EVENING else _("今天")
    if away == 1:
        return _("明天")
    if 1 < away < 7:
        return weekday(day.isoweekday())
    return date_format(day, _("n月j日"))


def moment(at: datetime, now: datetime) -> str:
    """ "今天 18:00", "明天 09:30", "11月30日 周一 12:00"; Shanghai time."""
    local, today = timezone.localtime(at), timezone.localtime(now).date()
    near = {0: _("今天"), 1: _("明天"), -1: _("昨天")}.get((local.date() - today).days)
    return f"{near} {local:%H:%M}" if near else date_format(local, _("n月j日 D H:i"))
