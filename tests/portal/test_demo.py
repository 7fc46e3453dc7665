"""The demo city: the same for everybody, clean by the audit, with a class tonight on any day."""

from collections import Counter
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils.timezone import localtime

from centers.models import CalendarDay, Center, Division
from courses.models.catalogue import ClassGroup, Teacher
from courses.models.enrolment import Attendance, Enrolment
from courses.models.session import Session
from courses.rules import ClassState, CourseKind, EnrolBy, EnrolmentState, SessionState
from grants.models import GrantCall, Pitch
from grievances.models.commitments import Commitment
from grievances.models.history import Clock
from grievances.models.tickets import Ticket
from orders.models.market import MarketDay, StallBooking
from people.models import Person, User, acts_for
from portal import demo
from tests import databases
from tests.common.faults import found
from tests.factories import people
from tests.factories.courses import at
from tests.moments import NOW, guards_as_released, turn_the_databases_clock

pytestmark = pytest.mark.demo
STREET_SCHOOL = {"term__name__endswith": "老年大学"}
TABLES = [
    "centers_division",
    "centers_center",
    "centers_room",
    "centers_calendarday",
    "people_user",
    "people_person",
    "people_guardianship",
    "people_consent",
    "people_membership",
    "courses_course",
    "courses_classgroup",
    "courses_session",
    "courses_skippeddate",
    "courses_enrolment",
    "courses_attendance",
    "grievances_commitment",
    "grievances_transition",
    "grievances_clock",
    "notices_notice",
    "notices_delivery",
]


def fingerprint():
    """A hash of every row of every table, whatever the ids, which go on counting, and the salts of passwords."""
    prints = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(
                "SELECT string_agg(quote_ident(column_name), ',' ORDER BY column_name) "
                "FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s "
                "AND column_name !~ '(^id|_id|path|key|body_data|remark|password)$'",
                [table],
            )
            columns = cursor.fetchone()[0]
            cursor.execute(
                f"SELECT count(*), md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) "
                f"FROM (SELECT {columns} FROM {table}) t"
            )
            prints[table] = cursor.fetchone()
    return prints


def make_the_city():
    demo.build(seed=2026, now=NOW)


def copy_of_the_city():
    """It is built once for all who need one: in 10 seconds, and copied in one."""
    return databases.copy_of("demo", make_the_city, of="migrated")


@pytest.fixture(scope="session")
def prints(_databases, django_db_blocker):
    """The fingerprint of the city."""
    with django_db_blocker.unblock():
        _databases.connect("migrated")  # of which it is made
        with copy_of_the_city() as copy, databases.connected(copy):
            return fingerprint()


@pytest.fixture
def _database_of_this_test(request, _database_of_this_test, _databases, django_db_blocker):
    """The test that asks for the city has a database with it."""
    today = "days" in request.fixturenames and request.node.callspec.params["days"] == 0
    if "city" not in request.fixturenames and not today:
        yield
        return
    with django_db_blocker.unblock(), copy_of_the_city() as copy, databases.connected(copy):
        yield


@pytest.fixture
def city(db):
    """The demo city as `./dev up` would have made it at NOW, for this test alone."""


def run(*args):
    out = StringIO()
    call_command("demo_data", *args, stdout=out)
    return out.getvalue()


def is_as_large_as_the_street_it_is_modelled_on():
    school = ClassGroup.objects.filter(**STREET_SCHOOL).exclude(course__name="二胡")
    assert (school.count(), school.values("course").distinct().count()) == (30, 17)
    assert Teacher.objects.filter(classes__in=school).distinct().count() == 29
    learners = Person.objects.filter(enrolments__class_group__in=school).distinct()
    assert learners.count() == 518
    street = Division.objects.get(name="花园路街道")
    assert Center.objects.under([street.path]).count() == 10
    assert all(center.stations.count() == 7 for center in Center.objects.all())
    assert Attendance.objects.count() > 4000


def has_something_of_everything(now):
    states = set(ClassGroup.objects.values_list("state", flat=True))
    assert states == {ClassState.DRAFT, ClassState.PUBLISHED, ClassState.RUNNING, ClassState.CANCELLED}
    assert ClassGroup.objects.filter(opens_at__gt=now).exists()
    assert ClassGroup.objects.filter(waiting_taken__gt=2).count() >= 5
    assert ClassGroup.objects.filter(state=ClassState.RUNNING, waiting_taken=0).count() >= 10
    lesson = ClassGroup.objects.get(course__kind=CourseKind.PARTY_LESSON)
    assert lesson.enrol_by == EnrolBy.SESSION
    assert lesson.sessions.coming(now).first().seats_taken > 30
    assert {s.starts_at.isoweekday() for s in lesson.sessions.all()} == {4}
    assert Session.objects.filter(state=SessionState.MOVED, moved_to__isnull=False).exists()


def shows_wang_guilan_a_seat_an_open_offer_and_a_grandson_in_class(now):
    user = User.objects.get(phone="16000000001")
    mine = Enrolment.objects.filter(person__in=acts_for(user))
    assert {(e.person.full_name, e.class_group.name, e.state) for e in mine} == {
        ("王桂兰", "声乐一班", EnrolmentState.SEATED),
        ("王桂兰", "舞蹈三班", EnrolmentState.OFFERED),
        ("王子轩", "四点半书法班", EnrolmentState.SEATED),
    }
    assert mine.get(state=EnrolmentState.OFFERED).offer_open_at(now)


def has_grants_and_markets_past_and_to_come(now):
    by_call = {
        call.title: sorted(call.pitches.values_list("state", flat=True)) for call in GrantCall.objects.all()
    }
    assert by_call == {
        "冬季公益创投": ["PITCHED", "PITCHED"],
        "春季公益创投": ["CLOSED", "REJECTED", "RUNNING"],
    }
    assert GrantCall.objects.get(title="冬季公益创投").open_at(now)
    running = Pitch.objects.get(state="RUNNING")
    assert running.reports.get(kind="MIDTERM").handed_in_at
    assert not running.reports.get(kind="MIDTERM").accepted_at
    coming = MarketDay.objects.coming(now).get()
    assert coming.stalls.count() == 4
    assert StallBooking.objects.filter(stall__market=coming).count() > 10
    assert MarketDay.objects.filter(closes_at__lt=now).count() == 1


def has_promises_kept_and_broken_and_tickets_under_way():
    assert {*Commitment.objects.values_list("state", flat=True)} == {"MADE", "DONE", "PARTLY", "NOT_DONE"}
    assert {"REGISTERED", "ASSIGNED", "COMMITTED", "ANSWERED", "WAITING_RESIDENT", "CLOSED_UNVERIFIED"} <= {
        *Ticket.objects.values_list("state", flat=True)
    }


def has_two_years_of_ordinary_tickets_most_of_them_in_time(now):
    over = Ticket.objects.exclude(answered_at=None).filter(closed_at__lt=now - timedelta(days=10))
    assert 400 < over.count() < 800
    assert (now - over.earliest("opened_at").opened_at).days > 700
    span = CalendarDay.objects.workdays().office_time_between
    waits = sorted(span(*map(localtime, (one.opened_at, one.answered_at))).total_seconds() for one in over)
    assert 1 <= waits[len(waits) // 2] / 3600 / 7 <= 2
    late = Clock.objects.filter(ticket__in=over).exclude(late_at=None)
    assert 0.02 < late.values("ticket").distinct().count() / len(waits) < 0.3
    again = over.filter(transitions__event="DISPUTE").distinct().count()
    assert 0.03 < again / len(waits) < 0.2
    by_state = Counter(Ticket.objects.values_list("state", flat=True))
    assert by_state["CLOSED_CONFIRMED"] > 150 < by_state["CLOSED_UNVERIFIED"]
    assert by_state["CLOSED_EXPLAINED"] > 20 < by_state["CLOSED_NO_REPLY"] + 10
    newest = [one.opened_at for one in Ticket.objects.on_wall()[:4]]
    assert min(newest) > now - timedelta(days=30)


def tonight(now):
    """The street's classes of an evening, those that take place."""
    evening = now.replace(hour=17, minute=30)
    return Session.objects.live().filter(
        starts_at__range=(evening, evening + timedelta(hours=5)),
        class_group__state=ClassState.RUNNING,
        class_group__center__division__parent__name="花园路街道",
    )


@pytest.mark.parametrize("days", [0, 3])  # a Wednesday, a Saturday
def test_a_city_as_busy_as_a_real_one(request, now, days):
    today = now + timedelta(days=days)
    request.getfixturevalue("db" if days else "city")
    turn_the_databases_clock(today)
    if days:
        demo.build(seed=2026, now=today)
    is_as_large_as_the_street_it_is_modelled_on()
    has_something_of_everything(today)
    shows_wang_guilan_a_seat_an_open_offer_and_a_grandson_in_class(today)
    has_grants_and_markets_past_and_to_come(today)
    has_promises_kept_and_broken_and_tickets_under_way()
    has_two_years_of_ordinary_tickets_most_of_them_in_time(today)
    assert not found(today)
    for later in range(60):  # on every evening of two months, New Year's included
        assert tonight(today + timedelta(days=later)).exists()
    provisional = CalendarDay.objects.filter(day__year=2027)
    assert provisional.get(day=date(2027, 1, 1)).name == "元旦（暂定）"
    assert not provisional.exclude(name__contains="暂定").exists()
    assert CalendarDay.objects.get(day=date(2026, 10, 1)).name == "国庆节"


@pytest.mark.parametrize("day", [at(2026, 10, 2, 9), at(2026, 10, 10, 23, 30), at(2031, 5, 1, 8)])
def test_also_on_holidays_on_make_up_days_and_in_years_not_published(db, day):
    turn_the_databases_clock(day)
    demo.build(seed=2026, now=day)
    assert tonight(day).exists()
    assert not found(day)


def test_the_same_seed_makes_the_same_city(prints, db, now):
    demo.build(seed=2026, now=now)
    assert fingerprint() == prints


def test_a_second_run_changes_nothing_and_says_so(city, clock):
    with guards_as_released():
        call_command("audit", stdout=StringIO())
    before = fingerprint()
    said = run()
    assert "nothing changed" in said
    assert fingerprint() == before
    for role in [
        "resident",
        "social_worker",
        "director",
        "grid_worker",
        "street_officer",
        "teacher",
        "auditor",
        "admin",
    ]:
        assert role in said


def test_every_account_signs_in(city, client, clock):
    for account in demo.ACCOUNTS:
        assert User.objects.get(phone=account.phone).check_password(demo.PASSWORD)


def test_refuses_a_database_with_real_people(prints, db, clock):
    people.person("真实的人")
    with pytest.raises(CommandError, match="no demo"):
        run()
    assert not User.objects.exists()
    assert "demo data made" in run("--force", "--seed=8")
    assert not found()
    assert fingerprint()["people_person"] != prints["people_person"], "another seed, other people"
