"""Places in the back office, inside the reach; the calendar is loaded a year at a time."""

from datetime import date
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from centers import actions
from centers.models import CalendarDay, Center, Division, OpeningHours, Room, Station
from centers.rules import DayKind, DivisionKind
from common.errors import DomainError
from people.models import User
from people.rules import Role
from tests.backoffice import change, said
from tests.factories import centers, people
from tests.factories.courses import at
from tests.queries import assert_constant

KEEPER = User(is_superuser=True)
LIST = reverse("admin:centers_calendarday_changelist")
CSV = "日期,类型,名称\n2028-01-01,放假,元旦\n2028/01/29,调休上班,春节\n"


def load(client, name, **answers):
    return client.post(reverse("admin:centers_calendarday_verb_list", args=[name]), answers)


@pytest.fixture
def city_hall(client, cast):
    """Who keeps what all streets share."""
    client.force_login(cast.admin)
    return client


@pytest.fixture
def office(client, cast):
    client.force_login(cast.officer)
    return client


# --- Places -----------------------------------------------------------------------------------


def test_places_of_another_street_are_out_of_sight(office, cast):
    text = office.get(reverse("admin:centers_center_changelist")).content.decode()
    assert "通信花园社区党群服务中心" in text
    assert "学院路社区" not in text
    assert office.get(change(cast.other_center)).status_code == 302
    assert "学院路社区" not in office.get(reverse("admin:centers_division_changelist")).content.decode()


def test_the_tree_is_shown_in_its_order(office):
    text = office.get(reverse("admin:centers_division_changelist")).content.decode()
    assert text.index("花园路街道") < text.index("通信花园社区") < text.index("通信花园第一网格")


def test_a_social_worker_has_no_places_to_keep(client, cast):
    client.force_login(cast.worker)
    assert client.get(reverse("admin:centers_center_changelist")).status_code == 403
    assert client.get(LIST).status_code == 403
    assert load(client, "load-year", year=2026).status_code == 403


def center_form(cast, division, **fields):
    empty = {
        f"{prefix}-{name}": value
        for prefix in ("hours", "rooms", "stations")
        for name, value in (("TOTAL_FORMS", 0), ("INITIAL_FORMS", 0))
    }
    about = {"name": "新中心", "kind": "PARTY_MASS", "division": division.pk, "address": "", "phone": ""}
    return {**about, "lat": "", "lng": "", **empty, **fields}


def test_a_center_with_its_rooms_stations_and_hours(office, cast):
    rows = {
        "rooms-TOTAL_FORMS": 1,
        "rooms-0-name": "书画室",
        "rooms-0-capacity": 30,
        "stations-TOTAL_FORMS": 1,
        "stations-0-colour": "red",
        "stations-0-name": "红色驿站",
        "hours-TOTAL_FORMS": 1,
        "hours-0-weekday": 1,
        "hours-0-opens": "08:30",
        "hours-0-closes": "21:00",
    }
    url = reverse("admin:centers_center_add")
    office.post(url, center_form(cast, cast.city["community"], **rows))
    made = Center.objects.get(name="新中心")
    assert Room.objects.get(center=made).name == "书画室"
    assert Station.objects.get(center=made).colour == "red"
    assert OpeningHours.objects.get(center=made).weekday == 1


def test_no_center_in_another_street(office, cast):
    answer = office.post(reverse("admin:centers_center_add"), center_form(cast, cast.city["other_community"]))
    assert answer.status_code == 200
    assert not Center.objects.filter(name="新中心").exists()


def test_a_point_that_is_not_on_earth_is_refused(office, cast):
    form = center_form(cast, cast.city["community"], lat="120", lng="34")
    answer = office.post(reverse("admin:centers_center_add"), form)
    assert "纬度 -90 到 90" in answer.content.decode()


def test_only_the_administrator_makes_a_root(office, client, cast):
    url = reverse("admin:centers_division_add")
    form = {"kind": "CITY", "name": "开封市", "parent": "", "official_code": ""}
    assert office.post(url, form).status_code == 200
    assert not Division.objects.filter(name="开封市").exists()
    office.post(url, {**form, "kind": "GRID", "name": "第二网格", "parent": cast.city["community"].pk})
    assert Division.objects.get(name="第二网格").parent == cast.city["community"]
    client.force_login(cast.admin)
    client.post(url, form)
    assert Division.objects.get(name="开封市").parent is None


def test_a_place_with_people_is_not_deleted(office, cast):
    url = reverse("admin:centers_division_delete", args=[cast.city["grid"].pk])
    office.post(url, {"post": "yes"})
    assert Division.objects.filter(pk=cast.city["grid"].pk).exists()
    spare = centers.division(DivisionKind.GRID, "空网格", cast.city["community"])
    office.post(reverse("admin:centers_division_delete", args=[spare.pk]), {"post": "yes"})
    assert not Division.objects.filter(pk=spare.pk).exists()


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("name", "more"),
    [
        (
            "division",
            lambda cast, n: [
                centers.division(DivisionKind.GRID, f"网格{Division.objects.count()}", cast.city["community"])
                for _ in range(n)
            ],
        ),
        (
            "center",
            lambda cast, n: [
                centers.center(cast.city["community"], f"中心{Center.objects.count()}") for _ in range(n)
            ],
        ),
        (
            "calendarday",
            lambda _cast, n: [
                CalendarDay.objects.create(
                    day=date(2030, 1, 1).replace(year=2030 + CalendarDay.objects.count()),
                    kind=DayKind.HOLIDAY,
                    name="元旦",
                )
                for _ in range(n)
            ],
        ),
    ],
)
def test_lists_cost_the_same_however_long(client, cast, name, more):
    client.force_login(cast.admin)
    url = reverse(f"admin:centers_{name}_changelist")
    assert_constant(client, url, lambda n: more(cast, n))


# --- The calendar -----------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_year_is_loaded_with_chinese_names():
    actions.load_calendar(year=2026, by=KEEPER)
    assert CalendarDay.objects.get(day=date(2026, 10, 1)).name == "国庆节"
    assert CalendarDay.objects.get(day=date(2026, 10, 10)).kind == DayKind.MAKEUP_WORKDAY
    assert not CalendarDay.objects.filter(name__regex="[a-z]").exists()
    count = CalendarDay.objects.count()
    actions.load_calendar(year=2026, by=KEEPER)
    assert CalendarDay.objects.count() == count


@pytest.mark.django_db
def test_a_year_that_is_not_published_says_so_and_changes_nothing():
    actions.load_calendar(year=2026, by=KEEPER)
    count = CalendarDay.objects.count()
    with pytest.raises(DomainError) as caught:
        actions.load_calendar(year=2031, by=KEEPER)
    assert caught.value.code == "CALENDAR_NOT_PUBLISHED"
    assert "2031" in str(caught.value)
    assert CalendarDay.objects.count() == count


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content",
    ids=["utf-8", "utf-8 with a mark", "gb18030", "json", "holiday-cn"],
    argvalues=[
        CSV.encode(),
        CSV.encode("utf-8-sig"),
        CSV.encode("gb18030"),
        '[{"day": "2028-01-01", "kind": "HOLIDAY", "name": "元旦"},'
        ' {"day": "2028-01-29", "kind": "MAKEUP_WORKDAY", "name": "春节"}]'.encode(),
        '{"year": 2028, "days": [{"date": "2028-01-01", "isOffDay": true, "name": "元旦"},'
        ' {"date": "2028-01-29", "isOffDay": false, "name": "春节"}]}'.encode(),
    ],
)
def test_an_offices_own_file(content):
    CalendarDay.objects.create(day=date(2028, 5, 1), kind=DayKind.HOLIDAY, name="写错了")
    actions.load_calendar_file(content=content, by=KEEPER)
    rows = list(CalendarDay.objects.filter(day__year=2028).values_list("day", "kind", "name"))
    assert rows == [
        (date(2028, 1, 1), "HOLIDAY", "元旦"),
        (date(2028, 1, 29), "MAKEUP_WORKDAY", "春节"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("日期,类型,名称\n2028-02-30,放假,春节", "第 2 行"),
        ("日期,类型,名称\n2028-02-03,随便,春节", "放假或调休上班"),
        ("日期,类型,名称\n2028-02-03,放假,", "节日名称"),
        ("日期,类型,名称\n", "没有日期"),
        ("", "没有日期"),
        ("[1, 2]", "第 1 项"),
        ("[{", "读不出来"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(content, words):
    with pytest.raises(DomainError) as caught:
        actions.load_calendar_file(content=content.encode(), by=KEEPER)
    assert caught.value.code == "CALENDAR_FILE_UNREAD"
    assert words in str(caught.value)
    assert not CalendarDay.objects.has_year(2028)


@pytest.mark.django_db
def test_the_command(tmp_path):
    out = StringIO()
    call_command("load_calendar", "2025", "2026", stdout=out)
    file = tmp_path / "2028.csv"
    file.write_text(CSV)
    call_command("load_calendar", str(file), stdout=out)
    assert "2028: 2 days" in out.getvalue()
    assert all(CalendarDay.objects.has_year(year) for year in (2025, 2026))
    assert not CalendarDay.objects.has_year(2028)  # its file ends in January
    for wrong in ("2031", str(tmp_path / "none.csv")):
        with pytest.raises(CommandError):
            call_command("load_calendar", wrong, stdout=out)


def test_buttons_of_the_calendar(city_hall):
    assert "已载入 2025 年" in said(load(city_hall, "load-year", year=2025))
    assert CalendarDay.objects.has_year(2025)
    refused = load(city_hall, "load-year", year=2031)
    assert refused.status_code == 409
    assert "2031" in refused.content.decode()
    file = SimpleUploadedFile("2028.csv", CSV.encode())
    assert said(load(city_hall, "load-file", file=file)) == "已载入 2028 年，共 2 天。"
    assert load(city_hall, "load-file").status_code == 422
    assert (
        city_hall.get(reverse("admin:centers_calendarday_verb_list", args=["load-year"])).status_code == 405
    )


@pytest.mark.parametrize(
    ("now", "years", "missing"),
    [
        (at(2026, 11, 30), [2026], None),
        (at(2026, 12, 1), [2026], 2027),
        (at(2026, 12, 1), [2026, 2027], None),
        (at(2027, 3, 1), [2026], 2027),
    ],
)
def test_the_warning_that_a_year_is_missing(client, cast, clock, now, years, missing):
    CalendarDay.objects.exclude(day__year__in=years).delete()
    clock.now = now
    client.force_login(people.staff("赵主任", Role.DIRECTOR, cast.city["street"]))
    for url in (LIST, reverse("workbench")):
        text = client.get(url).content.decode()
        assert ("的放假安排还没有载入" in text) is (missing is not None)
        assert missing is None or f"{missing} 年的放假" in text
