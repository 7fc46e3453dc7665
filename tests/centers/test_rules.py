"""Distance, the tree of divisions, opening hours: what a place is."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from centers.models import CalendarDay, Center, Division, OpeningHours
from centers.rules import metres, walk_minutes
from tests.factories import centers


@pytest.mark.parametrize(
    ("one", "other", "expected", "within"),
    [
        ((34.7868, 113.6752), (34.7868, 113.6752), 0, 0.001),
        ((34.7868, 113.6752), (34.7958, 113.6752), 1001, 2),  # 0.009 degrees of latitude
        ((34.7656, 113.7532), (39.9042, 116.4074), 620_000, 10_000),  # Zhengzhou to Beijing
        ((0, 179.99), (0, -179.99), 2224, 2),  # across the date line
    ],
)
def test_metres(one, other, expected, within):
    assert metres(*one, *other) == pytest.approx(expected, abs=within)
    assert metres(*other, *one) == pytest.approx(metres(*one, *other))


@pytest.mark.parametrize(("away", "minutes"), [(0, 1), (30, 1), (270, 5), (1000, 19)])
def test_walk_minutes(away, minutes):
    assert walk_minutes(away) == minutes


def test_the_tree_knows_who_lies_under_whom(db):
    city = centers.city()
    assert city["street"].contains(city["grid"])
    assert not city["grid"].contains(city["street"])
    assert not city["other_street"].contains(city["grid"])
    under = Division.objects.under(city["street"])
    assert {d.name for d in under} == {"花园路街道", "通信花园社区", "通信花园第一网格"}


def test_a_moved_community_takes_its_grids_along(db):
    city = centers.city()
    community = city["community"]
    community.parent = city["other_street"]
    community.save()
    city["grid"].refresh_from_db()
    assert city["grid"].path.startswith(city["other_street"].path)


def test_a_division_under_itself_is_refused(db):
    city = centers.city()
    for parent in ("grid", "community"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Division.objects.filter(pk=city["community"].pk).update(parent=city[parent])


def test_a_street_under_a_community_is_refused(db):
    city = centers.city()
    with pytest.raises(IntegrityError), transaction.atomic():
        centers.division("STREET", "倒挂街道", city["community"])


def test_two_of_one_name_under_one_parent_are_refused(db):
    city = centers.city()
    with pytest.raises(IntegrityError), transaction.atomic():
        centers.division("COMMUNITY", "通信花园社区", city["street"])


@pytest.mark.parametrize(("lat", "lng"), [(91, 113), (34, 181), (34, None), (None, 113)])
def test_a_point_is_on_earth_or_absent(db, lat, lng):
    center = centers.center(centers.city()["community"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Center.objects.filter(pk=center.pk).update(lat=lat, lng=lng)


def test_a_center_opens_before_it_closes(db):
    center = centers.center(centers.city()["community"])
    with pytest.raises(IntegrityError), transaction.atomic():
        OpeningHours.objects.create(center=center, weekday=1, opens="09:00", closes="09:00")


def test_centers_in_reach(db):
    city = centers.city()
    mine, theirs = centers.center(city["community"]), centers.center(city["other_community"])
    assert list(Center.objects.under([city["street"].path])) == [mine]
    assert set(Center.objects.under([city["street"].path, city["other_street"].path])) == {mine, theirs}
    assert list(Center.objects.under([])) == []


def test_a_year_counts_as_loaded_once_it_has_its_first_and_its_last_holiday(db):
    CalendarDay.objects.all().delete()
    for day, kind, loaded in (
        (date(2027, 1, 1), "HOLIDAY", False),
        (date(2027, 2, 6), "HOLIDAY", False),
        (date(2027, 10, 10), "MAKEUP_WORKDAY", False),
        (date(2027, 10, 1), "HOLIDAY", True),
    ):
        CalendarDay.objects.create(day=day, kind=kind, name="节日")
        assert CalendarDay.objects.has_year(2027) is loaded
        assert (2027 in CalendarDay.objects.all().workdays().years) is loaded
        assert (CalendarDay.objects.missing_year(date(2027, 3, 1)) is None) is loaded
    CalendarDay.objects.all().delete()
    assert not CalendarDay.objects.has_year(2026)
    centers.calendar(2026)
    workdays = CalendarDay.objects.all().workdays()
    assert workdays.years == {2026}
    assert workdays.holidays
    assert workdays.makeups
