"""No number of somebody stands in an address: not by what is typed into a box, not by hand."""

import re
from datetime import date
from itertools import cycle
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.contrib import admin
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from common.searches import BOXES, MISSES, is_number_of_somebody, row_numbers
from common.veils import unveiled, veiled
from journal.models import Entry
from journal.rules import Happened
from people.actions.persons import set_document
from people.models import Person
from people.rules import Role
from people.search import asked, asked_by_number
from tests import fences
from tests.addresses import OURS, filled
from tests.backoffice import listed, verb, verb_of_list
from tests.factories import courses, orders, people, volunteers
from tests.html import Page
from volunteers.models.roll import Volunteer

ID, PHONE, LANDLINE = "11010519491231002X", "13812345678", "0371-65251265"
NUMBERS = [
    ID,
    ID[:-1] + "X",
    "1101 0519 4912 3100 21",
    "１１０１０５１９４９１２３１００２１",
    "110105491231002",
]
NUMBERS += [PHONE, "138-1234-5678", "+86 138 1234 5678", LANDLINE, "(0371)65251265", "65251265", "12345678"]
LISTS = [model for model, office in admin.site._registry.items() if office.search_fields]
# Boxes that look for things: they lead to pages that one may pass on, and search by GET.
OF_THINGS = {
    "components/_search.html": "classes, for everybody; certificates by the number printed on them",
    "courses/staff/_join.html": "classes",
    "grievances/staff/tickets.html": "tickets, by the number that is told to residents",
    "orders/staff/orders.html": "orders, by the number that is told to residents",
}
DIGIT = st.sampled_from("0123456789")
GAP = st.sampled_from(["", "", " ", "-"])


@st.composite
def spelt(draw, digits):
    """Digits as people write them down: with gaps, in full width."""
    text = "".join(digit + draw(GAP) for digit in digits[:-1]) + digits[-1]
    return text.translate({ord(a): ord("０") + int(a) for a in "0123456789"}) if draw(st.booleans()) else text


@given(st.data())
def test_a_number_of_somebody_is_known_however_it_is_written(data):
    born = data.draw(st.dates(date(1900, 1, 1), date(2026, 1, 1)))
    identity = f"41{data.draw(st.from_regex(r'[0-9]{4}', fullmatch=True))}{born:%Y%m%d}"
    identity += data.draw(st.from_regex(r"[0-9]{3}[0-9]", fullmatch=True))
    mobile = "1" + data.draw(st.from_regex(r"[3-9][0-9]{9}", fullmatch=True))
    card = data.draw(st.from_regex(r"[1-9][0-9]{7}", fullmatch=True))
    for number in (identity, identity[:-1] + "x", mobile, card):
        assert is_number_of_somebody(data.draw(spelt(number))), number


@pytest.mark.parametrize(
    "typed",
    ["王桂兰", "wgl", "wang gui lan", "5678", "0021", "002X", "S000123", "书法2班", "2026-11", "#12 #15", ""],
)
def test_names_and_tails_are_none(typed):
    assert not is_number_of_somebody(typed)


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [("#12 #15", [12, 15]), ("＃7", [7]), ("#7#8", [7, 8]), ("#x", []), ("# 7", []), ("7", [])],
)
def test_rows_are_named_by_their_numbers(typed, numbers):
    assert row_numbers(typed) == numbers
    assert not is_number_of_somebody(typed)


ADDRESSES = [
    *{filled(one.route, dict.fromkeys(re.findall(r"<(?:\w+:)?(\w+)>", one.route), 1)) for one in OURS}
]
ADDRESSES += [listed(model) for model in admin.site._registry] + ["/admin/", "/admin/search/"]


@pytest.mark.sweep
def test_no_address_takes_one_by_hand(client, cast):
    """Each with each box in turn, and with each number in turn."""
    client.force_login(cast.admin)
    wrong = []
    for address, box, number in zip(ADDRESSES, cycle(sorted(BOXES)), cycle(NUMBERS), strict=False):
        answer = client.get(address, {box: number})
        told = number in unquote(answer.content.decode().replace("+", " "))
        wrong += [f"{address} {box} {number}"] if answer.status_code != 400 or told else []
    assert len(ADDRESSES) > 200
    assert not wrong, wrong


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("box", sorted(BOXES))
def test_no_box_takes_one_by_hand(client, cast, box, number):
    client.force_login(cast.worker)
    answer = client.get(reverse("portal:desk"), {box: number, "page": "2"})
    assert answer.status_code == 400
    assert Page(answer).fields("next")[0]["value"] == reverse("portal:desk") + "?page=2"


@pytest.mark.parametrize(
    "query", [f"next=/staff/desk/?q={ID}", f"x=1&{ID}=2", f"q=王&q={ID}", f"page=+86{PHONE}"]
)
def test_nor_hidden_in_another_word(client, cast, query):
    client.force_login(cast.worker)
    answer = client.get(f"/staff/desk/?{query}")
    assert answer.status_code == 400
    assert "请在页面的框里输入" in answer.content.decode()


def test_the_api_says_why(client, db):
    answer = client.get(reverse("api-class-list"), {"q": ID})
    assert (answer.status_code, answer.json()["code"]) == (400, "NUMBER_IN_ADDRESS")


def test_every_box_that_looks_for_people_posts():
    found = {
        str(path.relative_to(fences.ROOT / "templates")): path.read_text()
        for path in (fences.ROOT / "templates").rglob("*.html")
        if 'role="search"' in path.read_text()
    }
    by_get = {name for name, text in found.items() if re.search(r'role="search"[^>]*method="(?!post)', text)}
    assert by_get == set(OF_THINGS)
    by_post = set(found) - by_get - {"admin/search_form.html"}
    assert by_post | {"orders/markets/stall.html"} == set(BOXES_OF_PEOPLE)


# Each template with a box for people, and its address.
BOXES_OF_PEOPLE = {
    "portal/_find.html": lambda _cast, _now: reverse("portal:desk"),
    "grievances/staff/tell_find.html": lambda _cast, _now: reverse("grievances:staff_tell_find"),
    "orders/staff/order_find.html": lambda _cast, _now: reverse("orders:staff_order_find"),
    "points/staff/counter.html": lambda _cast, _now: reverse("points:staff_home"),
    "points/staff/taker.html": lambda cast, _now: reverse("points:staff_ask_transfer", args=[cast.elder.pk]),
    "courses/staff/roster.html": lambda cast, now: reverse(
        "courses:staff_class", args=[courses.class_group(cast.center, now).pk]
    ),
    "volunteers/staff/shift.html": lambda cast, now: reverse(
        "volunteers:staff_shift", args=[volunteers.shift(cast.city["community"], now).pk]
    ),
    "orders/markets/stall.html": lambda cast, now: reverse(
        "orders:stall", args=[orders.market(cast, now)[0].pk]
    ),
}

# Where whom it finds does not stand in the address either, as the next one in the log is her ticket's.
VEILED = {"grievances/staff/tell_find.html", "portal/_find.html"}


@pytest.mark.sweep
@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("template", BOXES_OF_PEOPLE)
@pytest.mark.parametrize("number", [ID, PHONE, "1380000", ID[:-1] + "1"])
def test_a_box_finds_by_a_number_and_keeps_it_out_of_the_address(client, cast, now, template, number):
    Person.objects.filter(pk=cast.guilan.pk).update(phone=PHONE)
    set_document(person_id=cast.guilan.pk, number=ID, by=cast.worker, now=now)
    people.person("王小宝", home=cast.city["community"], phone=PHONE)  # one phone in the family
    client.force_login(cast.worker)
    address = BOXES_OF_PEOPLE[template](cast, now)
    answer = client.post(address + "?session=7", {"q": number, "csrfmiddlewaretoken": "marker"})
    assert answer.status_code == 302
    where = unquote(answer.url.replace("+", " "))
    assert where.startswith(f"{address}?session=7&q=")
    assert not [word for word in (number, "marker") if word in where]
    if template in VEILED:
        before, _, veil = where.partition("&q=")
        where = f"{before}&q={unveiled(veil)}"
        assert len(veil) > len(unveiled(veil)) > 0
    page = client.get(answer.url, follow=True).content.decode()
    assert number not in page
    assert ("王桂兰" in page) is (number in {ID, PHONE})
    told = page if template == "portal/_find.html" else where  # it asks elsewhere by the whole number, sealed
    assert (f"尾号{number[-4:]}" in told) is (number not in {ID, PHONE})


def test_a_name_is_looked_for_by_an_address_to_go_back_to(client, cast):
    client.force_login(cast.worker)
    counter = reverse("points:staff_home")
    assert client.post(counter, {"q": " xfs "}).url == f"{counter}?q=xfs"
    for address in (counter, reverse("portal:desk")):
        assert client.post(address, {"q": ""}).url == address
    address, _, veil = client.post(reverse("portal:desk"), {"q": " xfs "}).url.partition("?q=")
    assert (address, unveiled(veil)) == (reverse("portal:desk"), "xfs")


@pytest.mark.sweep
@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label)
def test_the_lists_of_the_back_office_do_the_same(client, cast, model):
    client.force_login(cast.admin)
    for number in (ID, PHONE):
        answer = client.post(listed(model) + "?o=1", {"q": number})
        where = unquote(answer.url)
        assert where == f"{listed(model)}?o=1&q=尾号{number[-4:]}"
        assert client.get(answer.url).status_code == 200


@pytest.mark.parametrize("outside", [False, True])
def test_who_is_out_of_reach_is_not_named(client, cast, now, outside):
    """Not even by the number of her row."""
    here = cast.stranger if outside else cast.guilan
    Person.objects.filter(pk=here.pk).update(phone=PHONE)
    client.force_login(cast.worker)
    for address, written in ((reverse("portal:desk"), veiled), (listed(Person), str)):
        q = parse_qs(urlsplit(client.post(address, {"q": PHONE}).url).query)["q"][0]
        assert (f"#{here.pk}" == (unveiled(q) if written == veiled else q)) is not outside
        page = client.get(address, {"q": written(f"#{here.pk}")}, follow=True).content.decode()
        assert (here.full_name in page) is not outside


# --- Guessing what a mask hides ------------------------------------------------------------------

# Boxes that stand in the form of a verb, and what they are called there.
IN_FORMS = {
    "agent": lambda cast: (verb(cast.elder, "agent"), "agent", {"relation": "女儿", "kind": "AGENT"}),
    "merge": lambda cast: (verb(cast.elder, "merge"), "other", {}),
    "join": lambda _cast: (verb_of_list(Volunteer, "join"), "person", {}),
}
WAYS = [*BOXES_OF_PEOPLE, *IN_FORMS, listed(Person), listed(Volunteer)]


def typer(client, cast, now, way):
    """Types into a box that finds people, wherever it stands."""
    if way in IN_FORMS:
        address, name, more = IN_FORMS[way](cast)
        return lambda typed: client.post(address, {**more, name: typed})
    address = BOXES_OF_PEOPLE[way](cast, now) if way in BOXES_OF_PEOPLE else way
    return lambda typed: client.post(address, {"q": typed})


def guesses(count):
    return (f"1381234{n:04}" for n in range(count))


@pytest.mark.sweep
@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("way", WAYS)
def test_a_hidden_number_is_not_guessed(client, cast, now, way):
    """What a mask leaves to be guessed: four digits of a phone, fewer of a card."""
    Person.objects.filter(pk=cast.guilan.pk).update(phone=PHONE)
    client.force_login(cast.worker)
    types = typer(client, cast, now, way)
    answers = [types(guess) for guess in guesses(MISSES.most)]
    assert {answer.status_code for answer in answers} <= {302, 422}
    for number in (PHONE, ID, "138 1234 5678", f"{PHONE[:7]}-{PHONE[7:]}"):
        stopped = types(number)
        assert stopped.status_code == 429
        assert "请过一小时再试" in stopped.content.decode()
        assert "王桂兰" not in stopped.content.decode()
    assert types("林").status_code != 429  # a name
    assert types("5678").status_code != 429


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("way", [reverse("portal:desk"), "merge"])
def test_one_count_for_all_boxes_and_one_for_each_account(client, cast, now, way):
    client.force_login(cast.worker)
    boxes = [box(cast, now) for box in BOXES_OF_PEOPLE.values()]
    for guess, box in zip(guesses(MISSES.most), cycle(boxes), strict=False):
        assert client.post(box, {"q": guess}).status_code == 302
    assert typer(client, cast, now, way)(PHONE).status_code == 429
    client.force_login(people.staff("同事", Role.SOCIAL_WORKER, cast.city["street"]))
    assert typer(client, cast, now, way)(PHONE).status_code != 429


@pytest.mark.usefixtures("clock")
def test_a_desk_looks_up_all_day_who_is_on_record(client, cast, now):
    """One after the other shows her card; now and then one who is not on record yet."""
    Person.objects.filter(pk=cast.guilan.pk).update(phone=PHONE)
    set_document(person_id=cast.elder.pk, number=ID, by=cast.worker, now=now)
    client.force_login(cast.worker)
    desk = reverse("portal:desk")
    for turn in range(3 * MISSES.most):
        number = "13700000000" if turn % 10 == 9 else (PHONE, ID, "王")[turn % 3]
        assert client.post(desk, {"q": number}).status_code == 302, turn


@pytest.mark.usefixtures("clock")
def test_each_look_by_a_number_stands_in_the_journal(client, cast, now):
    """By the numbers of rows, never by the number that was typed."""
    Person.objects.filter(pk=cast.guilan.pk).update(phone=PHONE)
    client.force_login(cast.worker)
    for typed in (PHONE, "13700000000", "王桂兰", "5678"):
        client.post(reverse("portal:desk"), {"q": typed})
    client.post(verb(cast.elder, "merge"), {"other": ID})
    told = Entry.objects.filter(kind=Happened.SEARCHED).order_by("pk").values_list("account", "what", "code")
    assert list(told) == [
        (cast.worker.pk, f"POST portal:desk #{cast.guilan.pk}", ""),
        (cast.worker.pk, "POST portal:desk", "NOBODY"),
        (cast.worker.pk, f"POST admin:people_person_verb object_id={cast.elder.pk}", "NOBODY"),
    ]


ANY_GAP = st.sampled_from(["", "", " ", "-", "--", "\u2028", "\u200b", "\t", "  ", ".", "'"])


@pytest.mark.parametrize("gap", ["\u2028", "\u2029", "\x85", "\u3000", "\u200b"])
def test_no_gap_hides_a_number(gap):
    assert is_number_of_somebody(f"6525126{gap}5")


@given(st.data())
def test_what_asks_for_names_finds_no_number_however_it_is_written(data):
    """Names are looked up by addresses and uncounted: no spelling of a number gets in that way."""
    digits = data.draw(st.sampled_from([ID, PHONE, "037165251265", "65251265", "+8613812345678"]))
    text = "".join(data.draw(ANY_GAP) + digit for digit in digits) + data.draw(
        st.sampled_from(["", "转8", "-1"])
    )
    question = asked(text)
    names = {
        "full_name__contains",
        "letters__contains",
        "initials__startswith",
        "spelt__startswith",
        "pk__in",
    }
    names.add("turned__startswith")  # a tail, turned round
    assert question is None or {told[0] for told in question.children} <= names
    assert asked_by_number(text) is None or is_number_of_somebody(text) or len(digits) < 7


def test_numbers_are_looked_up_where_they_are_counted():
    """By the doors of people and its list in the back office alone."""
    asking = re.compile(r"\b(?:whose_number|asked_by_number)\(")
    rooms = [path for app in fences.APPS for path in fences.python_files(fences.ROOT / app)]
    where = {one.partition(":")[0] for one in fences.matches(rooms, asking)}
    rooms_of_people = ("actions/lookup.py", "admin/persons.py", "doors.py", "search.py")
    assert where == {str(fences.ROOT / "people" / room) for room in rooms_of_people}
