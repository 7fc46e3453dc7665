"""Holidays that the law itself fixes, for years whose notice has not come.

全国年节及纪念日放假办法 (as in force since 1 January 2025), art. 2. The notice of the State Council,
which comes the November before, adds bridges and make-up days; nobody can know those ahead.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from borax.calendars.lunardate import LunarDate, TermUtils
from django.utils.translation import gettext_noop as _

from common.workdays import Workdays

_FIRST, _LAST = 1901, 2099  # what the moon's tables know
_IN_FORCE = 2025


@cache
def law_days(year: int) -> dict[date, str]:
    """Each day of a year that is a holiday by law, with its name; 1901 to 2099."""
    new_year = LunarDate(year, 1, 1).to_solar_date()
    spring = [new_year + timedelta(days=n) for n in (-1, 0, 1, 2)]
    moon = {_("端午节"): LunarDate(year, 5, 5), _("中秋节"): LunarDate(year, 8, 15)}
    return {
        date(year, 1, 1): _("元旦"),
        **dict.fromkeys(spring, _("春节")),
        TermUtils.day_start_from_term(year, _("清明")): _("清明节"),
        **{date(year, 5, day): _("劳动节") for day in (1, 2)},
        **{lunar.to_solar_date(): name for name, lunar in moon.items()},
        **{date(year, 10, day): _("国庆节") for day in (1, 2, 3)},
    }


class _All(frozenset[int]):
    """Every year counts as known."""

    def __contains__(self, year: object) -> bool:
        return True


def assumed(calendar: Workdays, years: Collection[int] = range(_IN_FORCE, _LAST + 1)) -> Workdays:
    """The same calendar, where years that are not loaded have the holidays of the law and weekends."""
    unknown = [year for year in years if year not in calendar.years]
    by_law = {day: name for year in unknown for day, name in law_days(year).items()}
    return replace(calendar, years=_All(), holidays={**by_law, **calendar.holidays})
