"""Categories, rules and times in the back office: who may set them where, and what they were before."""

from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, transaction

from grievances.actions.tickets import accept_ticket
from grievances.models.categories import Category, ClockPolicy, Route
from grievances.rules.clocks import ClockKind, Unit, lasts
from grievances.rules.tickets import Kind, TicketState
from people.rules import Role
from tests.backoffice import add, change, delete, listed
from tests.factories import grievances, people
from tests.factories.grievances import told
from tests.html import Page
from tests.queries import assert_constant
from tests.refusals import rule

pytestmark = pytest.mark.usefixtures("clock")
S = TicketState


def no_parts(model):
    """What the form says of former rows beside it: none are written."""
    parts = model.pgh_event_model._meta.get_field("pgh_obj").remote_field.get_accessor_name()
    return {f"{parts}-TOTAL_FORMS": "0", f"{parts}-INITIAL_FORMS": "0"}


@pytest.fixture
def head(client, cast):
    """The director of the community, signed in."""
    account = grievances.director(cast)
    client.force_login(account)
    return account


@pytest.fixture
def city(client, cast):
    """Whose post reaches over the whole tree, signed in."""
    account = people.staff("市局", Role.STREET_OFFICER, cast.city["root"])
    client.force_login(account)
    return account


def of_route(division, handler=None, category=None):
    return {
        "division": division.pk,
        "category": category.pk if category else "",
        "handler": handler.pk if handler else "",
        **no_parts(Route),
    }


def of_category(category, **changed):
    told = {"name": category.name, "parent": category.parent_id or "", "place": category.place}
    return {**told, "active": "on", **no_parts(Category), **changed}


def of_policy(**changed):
    told = {"clock": "HANDLING", "minutes": 2100, "unit": "OFFICE", "valid_from": "2027-01-01"}
    return {**told, **changed}


# --- Rules ------------------------------------------------------------------------------------


def test_a_director_says_who_gets_what_in_her_community(client, cast, head, now):
    home = cast.city["community"]
    answer = client.post(add(Route), of_route(home, cast.worker))
    assert answer.status_code == 302
    found = Route.objects.get()
    assert (found.division, found.handler, found.by) == (home, cast.worker, head)
    ticket = told(cast, now)
    accept_ticket(ticket_id=ticket.pk, by=cast.worker, now=now)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.handler) == (S.ASSIGNED, cast.worker)


def test_neither_for_another_place_nor_naming_who_does_not_work_there(client, cast, head):
    for place, who in [
        (cast.city["street"], cast.worker),  # above her reach
        (cast.city["other_community"], cast.other_worker),
        (cast.city["community"], cast.other_worker),
        (cast.city["community"], cast.grid_worker),  # works in one grid of it
        (cast.city["community"], cast.admin),  # no colleague of the place
        (cast.city["community"], cast.guilan.user),
    ]:
        answer = client.post(add(Route), of_route(place, who))
        assert answer.status_code == 200, (place, who)
        assert "请" in Page(answer).text
    assert not Route.objects.exists()


def test_who_was_offered_but_works_in_a_part_only_is_refused_in_words(client, cast, head):
    answer = client.post(add(Route), of_route(cast.city["community"], cast.grid_worker))
    assert "这位工作人员在这个地方不办诉求" in Page(answer).text
    assert client.post(add(Route), of_route(cast.city["grid"], cast.grid_worker)).status_code == 302


def test_a_rule_of_the_other_street_is_not_there(client, cast, head):
    theirs = Route.objects.create(division=cast.city["other_community"], handler=cast.other_worker)
    ours = Route.objects.create(division=cast.city["street"], handler=cast.officer)
    page = Page(client.get(listed(Route)))
    assert theirs.division.name not in page.text
    for row in (theirs, ours):
        assert client.post(change(row), of_route(cast.city["community"])).status_code in {302, 403}
        row.refresh_from_db()
        assert row.handler is not None
    client.force_login(cast.officer)
    assert cast.officer.name in Page(client.get(change(ours))).text
    assert client.get(change(theirs)).status_code == 302


@pytest.mark.parametrize("who", ["worker", "grid_worker"])
def test_a_desk_sets_nothing(client, cast, who):
    client.force_login(getattr(cast, who))
    for model in (Route, Category, ClockPolicy):
        assert client.get(listed(model)).status_code == 403
        assert client.get(add(model)).status_code == 403


def test_a_rule_keeps_what_it_said_and_who_had_said_it(client, cast, head):
    row = Route.objects.create(division=cast.city["community"], handler=cast.worker, by=cast.officer)
    assert client.post(change(row), of_route(row.division, cast.officer)).status_code == 302
    [was] = Route.pgh_event_model.objects.all()
    assert (was.pgh_obj_id, was.handler, was.by) == (row.pk, cast.worker, cast.officer)
    page = Page(client.get(change(row)))
    assert "从前的派单规则" in page.text
    assert cast.worker.name in page.text
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        was.delete()


def test_a_rule_is_not_deleted_it_names_nobody_instead(client, cast, head, now):
    Route.objects.create(division=cast.city["street"], handler=cast.officer)
    row = Route.objects.create(division=cast.city["community"], handler=cast.worker)
    assert client.post(delete(row), {"post": "yes"}).status_code == 403
    assert client.post(change(row), of_route(row.division)).status_code == 302
    ticket = told(cast, now)
    accept_ticket(ticket_id=ticket.pk, by=cast.worker, now=now)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.handler) == (S.ACCEPTED, None)  # left to the desk, not to the street


def test_the_same_rule_twice_is_refused_in_words(client, cast, head):
    Route.objects.create(division=cast.city["community"], handler=cast.worker)
    answer = client.post(add(Route), of_route(cast.city["community"], cast.officer))
    assert "这个地方的这一类已经有规则了" in Page(answer).text


def test_a_rule_is_found_by_no_crafted_question(client, cast, head):
    for asked in ("handler__phone__startswith", "handler__password", "by__phone"):
        assert client.get(listed(Route), {asked: "1"}).status_code == 400
    assert client.get(listed(Route), {"_to_field": "handler__phone"}).status_code == 400


# --- Categories -------------------------------------------------------------------------------


def test_categories_are_of_all_streets_and_set_from_above(client, cast, head):
    lamp = grievances.category()
    assert lamp.name in Page(client.get(listed(Category))).text
    assert client.post(change(lamp), of_category(lamp, name="灯")).status_code == 403
    assert client.get(add(Category)).status_code == 403


def test_a_category_is_renamed_and_its_former_name_is_kept(client, cast, city, now):
    lamp = grievances.category()
    told(cast, now)
    assert client.post(change(lamp), of_category(lamp, name="路灯楼灯")).status_code == 302
    lamp.refresh_from_db()
    assert (lamp.name, lamp.by) == ("路灯楼灯", city)
    [was] = Category.pgh_event_model.objects.all()
    assert (was.name, was.by) == ("路灯", None)
    assert "从前的类别" in Page(client.get(change(lamp))).text


def test_a_category_in_use_is_closed_and_no_longer_offered(client, cast, city, now):
    lamp, unused = grievances.category(), grievances.category("电梯")
    told(cast, now)
    assert client.post(delete(lamp), {"post": "yes"}).status_code == 403
    assert client.post(change(unused), of_category(unused, name="电梯门")).status_code == 302
    assert client.post(delete(unused), {"post": "yes"}).status_code == 302
    assert not Category.objects.filter(pk=unused.pk).exists()
    assert client.post(change(lamp), of_category(lamp, active="")).status_code == 302
    assert lamp not in Category.objects.offered()


def test_a_category_keeps_its_kind_whoever_writes(client, cast, city, now):
    lamp = grievances.category()
    ticket = told(cast, now)
    assert client.post(change(lamp), of_category(lamp, kind="EVENT")).status_code == 302
    lamp.refresh_from_db()
    assert lamp.kind == Kind.ORDINARY
    with rule("category_keeps_its_kind"):
        Category.objects.filter(pk=lamp.pk).update(kind=Kind.EVENT)
    accept_ticket(ticket_id=ticket.pk, by=cast.worker, now=now)


def test_there_are_two_levels(client, cast, city):
    lamp = grievances.category()
    under_a_leaf = client.post(
        add(Category),
        {
            "name": "灯泡",
            "parent": lamp.pk,
            "kind": "ORDINARY",
            "place": 0,
            "active": "on",
            **no_parts(Category),
        },
    )
    assert under_a_leaf.status_code == 200
    other = Category.objects.filter(parent=None).exclude(pk=lamp.parent_id)[0]
    answer = client.post(change(lamp.parent), of_category(lamp.parent, parent=other.pk))
    assert "它下面还有类别" in Page(answer).text
    alone = Category.objects.create(name="新的一类")
    answer = client.post(change(alone), of_category(alone, parent=alone.pk))
    assert "也不能放到自己下面" in Page(answer).text
    answer = client.post(
        add(Category),
        {
            "name": "路灯",
            "parent": lamp.parent_id,
            "kind": "ORDINARY",
            "place": 0,
            "active": "on",
            **no_parts(Category),
        },
    )
    assert "已经有这个名称" in Page(answer).text


# --- How long ---------------------------------------------------------------------------------


def test_a_time_is_set_from_a_coming_day_on_and_never_rewritten(client, cast, city, now):
    before = ClockPolicy.objects.count()
    for day in ("2026-11-25", "2026-11-24", "2020-01-01"):
        answer = client.post(add(ClockPolicy), of_policy(valid_from=day))
        assert "最早从明天起" in Page(answer).text, day
    assert ClockPolicy.objects.count() == before
    assert client.post(add(ClockPolicy), of_policy(valid_from="2026-11-26")).status_code == 302
    # a slip is put right by another row, of which the later written holds
    assert client.post(add(ClockPolicy), of_policy(valid_from="2026-11-26", minutes=770)).status_code == 302
    limits = ClockPolicy.objects.limits(["HANDLING"], Kind.ORDINARY, date(2026, 11, 26))
    assert limits["HANDLING"].seconds == 770 * 60
    today = ClockPolicy.objects.limits(["HANDLING"], Kind.ORDINARY, date(2026, 11, 25))
    assert today["HANDLING"].seconds == 2940 * 60
    row = ClockPolicy.objects.get(minutes=770)
    assert row.by == city
    assert client.post(change(row), of_policy(minutes=1)).status_code == 403
    assert client.post(delete(row), {"post": "yes"}).status_code == 403


def test_the_database_rewrites_no_time_either(cast):
    row = ClockPolicy.objects.first()
    for write in (lambda: ClockPolicy.objects.filter(pk=row.pk).update(minutes=1), row.delete):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            write()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"minutes": 0}, "一分钟到一年之间"),
        ({"minutes": 2**31 - 1}, "一分钟到一年之间"),
        ({"hazard": "on"}, "隐患急件按钟点算"),
        ({"clock": "REVIEW"}, "REVIEW"),
        ({"valid_from": "2026-02-30"}, "日期"),
    ],
)
def test_what_no_time_can_be_is_said(client, cast, city, wrong, sentence):
    answer = client.post(add(ClockPolicy), of_policy(**wrong))
    assert answer.status_code == 200
    assert sentence in Page(answer).text
    assert 'value="2' in answer.content.decode()  # what was typed stays


def test_the_list_says_what_holds_today(client, cast, city, now):
    ClockPolicy.objects.create(clock=ClockKind.WAIT, minutes=420, unit=Unit.OFFICE, valid_from=now.date())
    page = Page(client.get(listed(ClockPolicy), {"clock__exact": "WAIT"}))
    assert "1 个工作日" in page.text
    ruling = ClockPolicy.objects.ruling(now.date()).filter(clock=ClockKind.WAIT)
    assert [row.minutes for row in ruling] == [420]


@pytest.mark.parametrize(
    ("minutes", "unit", "words"),
    [
        (2940, Unit.OFFICE, "7 个工作日"),
        (120, Unit.OFFICE, "2 小时"),
        (1440, Unit.WALL, "1 天"),
        (90, Unit.WALL, "90 分钟"),
    ],
)
def test_how_long_it_is_as_people_say_it(minutes, unit, words):
    assert lasts(minutes, unit) == words


# --- What lists cost --------------------------------------------------------------------------


@pytest.mark.sweep
def test_lists_cost_the_same_however_long(client, cast, city, now):
    parents = list(Category.objects.filter(parent=None))

    def categories(count):
        for n in range(count):
            row = Category.objects.create(name=f"新{Category.objects.count()}", parent=parents[n % 3])
            Category.objects.filter(pk=row.pk).update(by=city)

    def rules(count):
        free = Category.objects.filter(routes=None).exclude(parent=None)[:count]
        for one in free:
            Route.objects.create(division=cast.city["community"], category=one, handler=cast.worker)

    def policies(count):
        for n in range(count):
            day = now.date() + timedelta(days=ClockPolicy.objects.count() + n)
            ClockPolicy.objects.create(clock="WAIT", minutes=5, unit="WALL", valid_from=day, by=city)

    for model, more in ((Category, categories), (Route, rules), (ClockPolicy, policies)):
        assert_constant(client, listed(model), more)


def test_the_page_of_a_rule_costs_the_same_however_often_it_was_changed(client, cast, city):
    row = Route.objects.create(division=cast.city["community"], handler=cast.worker)

    def more(count):
        for n in range(count):
            row.handler, row.by = (cast.officer, cast.worker)[n % 2], city
            row.save()

    assert_constant(client, change(row), more)
