"""The API of what residents tell: one's own, the wall, refusals as 409, and no words where answers are kept."""

import json

import pytest
from django.core.cache import caches
from django.urls import reverse

from grievances.actions.handling import answer_ticket
from grievances.actions.merging import merge_ticket
from grievances.actions.persons import copy
from grievances.actions.tickets import accept_ticket, propose_refusal, refuse_ticket
from grievances.models.history import Transition, told_of
from grievances.models.tickets import Follower, Ticket
from grievances.rules.tickets import Privacy, Source, TicketState
from people.models import Guardianship
from tests.factories import grievances
from tests.factories.grievances import brought_to, promised, told

pytestmark = pytest.mark.usefixtures("clock")
S = TicketState


def post(client, name, *args, body=None, **headers):
    url = reverse(f"api-{name}", args=args)
    return client.post(url, json.dumps(body or {}), content_type="application/json", headers=headers)


@pytest.fixture
def word(cast):
    return {
        "category_id": grievances.category().pk,
        "division_id": cast.city["community"].pk,
        "person_id": cast.guilan.pk,
        "title": "南门的路灯不亮",
        "text": "一个星期了",
        "place": "南门东边第二盏",
    }


def test_categories_are_open_and_leave_out_what_keeps_nobody(client, cast):
    found = client.get(reverse("api-category-list")).json()["results"]
    names = {one["name"]: one["above"] for one in found}
    assert names["路灯"] == "公共设施"
    assert not {"公共设施", "可疑人员", "不安定苗头"} & set(names)


def test_a_resident_tells_it_by_a_program(client, cast, word):
    assert post(client, "ticket-list", body=word).status_code == 403
    client.force_login(cast.guilan.user)
    first = post(client, "ticket-list", body=word, idempotency_key="a1")
    assert first.status_code == 201
    assert first.json()["state"] == "REGISTERED"
    assert first.json()["due_at"]
    caches["default"].clear()  # the cache loses it: the ticket itself remembers the key
    again = post(client, "ticket-list", body=word, idempotency_key="a1")
    assert again.json()["id"] == first.json()["id"]
    caches["default"].clear()
    other = post(client, "ticket-list", body={**word, "title": "修电梯"}, idempotency_key="a1")
    assert (other.status_code, other.json()["code"]) == (409, "KEY_REUSED")
    ticket = Ticket.objects.get()
    assert (ticket.source, ticket.person, ticket.title) == (Source.API, cast.guilan, word["title"])


def test_the_same_key_of_two_people_is_two_tickets(client, cast, word):
    for person in (cast.guilan, cast.stranger):
        client.force_login(person.user)
        body = {**word, "person_id": person.pk}
        assert post(client, "ticket-list", body=body, idempotency_key="a1").status_code == 201
    assert Ticket.objects.count() == 2


def test_answers_that_are_kept_a_day_hold_no_words(client, cast, word, now):
    client.force_login(cast.guilan.user)
    made = post(client, "ticket-list", body=word, idempotency_key="a1")
    ticket = brought_to(S.ANSWERED, Ticket.objects.get(), cast=cast, by=grievances.handler(cast), now=now)
    said = post(client, "ticket-dispute", ticket.pk, body={"reason": "还是不亮"}, idempotency_key="a2")
    kept = made.content.decode() + said.content.decode()
    assert (made.status_code, said.status_code) == (201, 200)
    for words in (*(word[name] for name in ("title", "text", "place")), "还是不亮", "灯修好了", "王桂兰"):
        assert words not in kept, words


def test_a_confidential_word_names_nobody_in_its_history(client, cast, word):
    client.force_login(cast.guilan.user)
    assert post(client, "ticket-list", body={**word, "privacy": "CONFIDENTIAL"}).status_code == 201
    assert Transition.objects.get().by is None
    assert not Ticket.objects.get().tells_who(cast.officer)


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"privacy": "ANONYMOUS"}, 400, None),
        ({"category_id": "可疑人员"}, 409, "NOT_BY_A_PROGRAM"),
        ({"category_id": 999999}, 409, "NO_SUCH_CATEGORY"),
        ({"division_id": 999999}, 409, "NO_SUCH_PLACE"),
        ({"division_id": "street"}, 409, "NO_SUCH_PLACE"),
        ({"person_id": "stranger"}, 409, "NOT_ALLOWED"),
        ({"person_id": "elder"}, 409, "NOT_ALLOWED"),
        ({"title": "灯"}, 409, "TITLE_NEEDED"),
        ({"title": ""}, 400, None),
        ({"title": "灯" * 41}, 400, None),
        ({"text": "灯" * 2001}, 400, None),
        ({"text": "灯\0不亮"}, 400, None),
        ({"category_id": 10**30}, 400, None),
        ({"category_id": "½"}, 400, None),
        ({"person_id": None}, 400, None),
        ({"text": {"a": 1}}, 400, None),
    ],
)
def test_what_is_wrong_is_refused_with_its_status_and_nothing_is_kept(
    client, cast, word, wrong, status, code
):
    ids = {
        "可疑人员": grievances.category("可疑人员").pk,
        "street": cast.city["street"].pk,
        "stranger": cast.stranger.pk,
        "elder": cast.elder.pk,
    }
    client.force_login(cast.guilan.user)
    sent = {name: ids.get(value, value) if isinstance(value, str) else value for name, value in wrong.items()}
    answer = post(client, "ticket-list", body={**word, **sent})
    assert (answer.status_code, answer.json().get("code")) == (status, code), answer.content.decode()
    assert answer.json()
    assert not Ticket.objects.exists()


def test_five_megabytes_are_refused_unread(client, cast, word):
    client.force_login(cast.guilan.user)
    answer = post(client, "ticket-list", body={**word, "text": "灯" * 1_700_000})
    assert answer.status_code in {400, 413}
    assert not Ticket.objects.exists()


def test_emoji_and_rare_letters_stay_as_they_were_typed(client, cast, word):
    client.force_login(cast.guilan.user)
    body = {**word, "title": "👵🏻𠮷家门口的灯", "text": "𪚥👨‍👩‍👧"}
    made = post(client, "ticket-list", body=body).json()
    whole = client.get(reverse("api-ticket-detail", args=[made["id"]])).json()
    assert (whole["title"], whole["text"]) == (body["title"], body["text"])


def test_her_list_and_her_ticket_and_nobody_else_s(client, cast, now):
    ticket = brought_to(S.ANSWERED, told(cast, now), cast=cast, by=grievances.handler(cast), now=now)
    client.force_login(cast.guilan.user)
    [one] = client.get(reverse("api-ticket-list")).json()["results"]
    assert (one["title"], one["state_label"]) == ("南门的路灯不亮", "已答复")
    whole = client.get(reverse("api-ticket-detail", args=[ticket.pk])).json()
    assert (whole["may"], whole["promise"]) == (["confirm", "dispute"], None)
    newest = whole["steps"][0]
    assert (newest["event"], newest["what"], newest["words"]) == ("ANSWER", "答复", "灯修好了")
    assert "ASSIGN" not in [step["event"] for step in whole["steps"]]
    for other in (cast.stranger.user, cast.worker, cast.admin):  # staff have their pages
        client.force_login(other)
        assert client.get(reverse("api-ticket-detail", args=[ticket.pk])).status_code == 404
        assert client.get(reverse("api-ticket-list")).json()["results"] == []
        assert post(client, "ticket-confirm", ticket.pk).status_code == 404


def test_for_whom_she_acts_until_the_tie_ends(client, cast, word, now):
    tie = Guardianship.objects.create(guardian=cast.guilan, ward=cast.elder, kind="AGENT")
    client.force_login(cast.guilan.user)
    made = post(client, "ticket-list", body={**word, "person_id": cast.elder.pk})
    assert made.status_code == 201
    address = reverse("api-ticket-detail", args=[made.json()["id"]])
    assert client.get(address).status_code == 200
    tie.until = now
    tie.save()
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("state", "verb", "body", "to"),
    [
        (S.WAITING_RESIDENT, "reply", {"reason": "东边第二盏"}, "IN_PROGRESS"),
        (S.ANSWERED, "confirm", {}, "CLOSED_CONFIRMED"),
        (S.ANSWERED, "dispute", {"reason": "还是不亮"}, "DISPUTED"),
        (S.REFUSED, "appeal", {"reason": "灯杆是社区立的"}, "ACCEPTED"),
    ],
)
def test_what_she_says(client, cast, now, state, verb, body, to):
    ticket = brought_to(state, told(cast, now), cast=cast, by=grievances.handler(cast), now=now)
    client.force_login(cast.guilan.user)
    if body:
        lacking = post(client, f"ticket-{verb}", ticket.pk)
        assert (lacking.status_code, lacking.json()["code"]) == (409, "REASON_NEEDED")
    answer = post(client, f"ticket-{verb}", ticket.pk, body=body)
    assert (answer.status_code, answer.json()["state"]) == (200, to)


def test_what_was_promised_is_read_and_judged(client, cast, now):
    hand = grievances.handler(cast)
    made = promised(cast, now, hand)
    client.force_login(cast.guilan.user)
    address = reverse("api-ticket-detail", args=[made.ticket_id])
    whole = client.get(address).json()
    assert (whole["may"], whole["promise"]["what"]) == ([], made.what)  # its day has not passed
    early = post(client, "ticket-dispute", made.ticket_id, body={"reason": "还没修"})
    assert (early.status_code, early.json()["code"]) == (409, "NOT_YET")
    answer_ticket(ticket_id=made.ticket_id, reason="修了一半", evidence="换了灯头", by=hand, now=now)
    assert client.get(address).json()["may"] == ["confirm", "confirm_partly", "dispute"]
    answer = post(client, "ticket-confirm-partly", made.ticket_id, body={"reason": "还差两盏"})
    assert (answer.status_code, answer.json()["state"]) == (200, "IN_PROGRESS")
    assert client.get(address).json()["promise"]["state"] == "PARTLY"


def test_a_move_that_is_not_in_the_table_is_409(client, cast, now):
    ticket = told(cast, now)
    client.force_login(cast.guilan.user)
    for verb in ("confirm", "dispute", "reply", "appeal"):
        answer = post(client, f"ticket-{verb}", ticket.pk, body={"reason": "因为这样"})
        assert (answer.status_code, answer.json()["code"]) == (409, "MOVE_REFUSED")
    assert Ticket.objects.get().state == S.REGISTERED


# --- The wall ---------------------------------------------------------------------------------


@pytest.fixture
def on_wall(cast, now):
    """What a neighbour told, and staff wrote for everybody."""
    ticket = told(cast, now, cast.stranger, title="南门路灯坏了不亮")
    accept_ticket(ticket_id=ticket.pk, by=cast.worker, now=now, public_text="南门路灯不亮")
    return ticket


def test_the_wall_is_open_and_says_what_staff_wrote(client, cast, on_wall, now):
    told(cast, now, title="没有上墙")
    [one] = client.get(reverse("api-wall-list")).json()["results"]
    assert (one["id"], one["public_text"]) == (on_wall.pk, "南门路灯不亮")
    assert not {"title", "text", "place", "person_id"} & set(one)


def test_open_ones_alike_are_found_and_followed(client, cast, on_wall, word):
    asked = {name: word[name] for name in ("category_id", "division_id", "title")}
    assert post(client, "wall-alike", body=asked).status_code == 403
    client.force_login(cast.guilan.user)
    [one] = post(client, "wall-alike", body=asked).json()
    assert one["id"] == on_wall.pk
    unlike = {**asked, "title": "医保卡怎么补办", "category_id": grievances.category("社保医保").pk}
    assert post(client, "wall-alike", body=unlike).json() == []
    for place in (999999, on_wall.division.parent_id):  # a street: nothing is told of it as a whole
        assert post(client, "wall-alike", body={**asked, "division_id": place}).json() == []
    body = {"person_id": cast.guilan.pk}
    for _twice in range(2):
        assert post(client, "wall-follow", on_wall.pk, body=body).status_code == 200
    assert Follower.objects.get().person == cast.guilan
    other = post(client, "wall-follow", on_wall.pk, body={"person_id": cast.elder.pk})
    assert (other.status_code, other.json()["code"]) == (409, "NOT_ALLOWED")


# --- What is read of what happened ------------------------------------------------------------


def test_why_it_was_refused_is_read_once_a_second_agreed(client, cast, now):
    ticket, why = told(cast, now), "不归社区管，请找电力公司"
    client.force_login(cast.guilan.user)
    address, page = reverse("api-ticket-detail", args=[ticket.pk]), f"/say/{ticket.pk}/"
    propose_refusal(ticket_id=ticket.pk, reason=why, by=cast.worker, now=now)
    assert why not in client.get(page).content.decode()
    assert why not in client.get(address).content.decode()
    refuse_ticket(ticket_id=ticket.pk, by=cast.officer, now=now)
    assert why in client.get(page).content.decode()
    assert client.get(address).json()["steps"][0]["words"] == why
    assert copy(cast.guilan)["我反映的事的经过"][-1]["原话"] == why


def test_who_was_merged_reads_the_answer_and_not_what_the_other_said(client, cast, now):
    hand = grievances.handler(cast)
    theirs = told(cast, now, cast.stranger, privacy=Privacy.CONFIDENTIAL)
    hers = told(cast, now, title="还是那盏灯")
    merge_ticket(ticket_id=hers.pk, into_id=theirs.pk, by=cast.worker, now=now)
    theirs = brought_to(S.WAITING_RESIDENT, theirs, cast=cast, by=hand, now=now)
    client.force_login(cast.stranger.user)
    post(client, "ticket-reply", theirs.pk, body={"reason": "我是曾小雨，住 3 号楼"})
    client.force_login(cast.guilan.user)
    address, page = reverse("api-ticket-detail", args=[hers.pk]), f"/say/{hers.pk}/"
    for read in (client.get(page), client.get(address)):
        assert "曾小雨" not in read.content.decode()
        assert "哪一盏灯" not in read.content.decode()  # what was asked of her
    assert client.get(address).json()["merged"] is True
    assert client.get(address).json()["state"] == S.IN_PROGRESS
    theirs.refresh_from_db()
    assert "我是曾小雨，住 3 号楼" in [step.words for step in told_of(theirs)]


def test_a_list_costs_the_same_however_long(client, cast, now, django_assert_max_num_queries):
    client.force_login(cast.guilan.user)
    for _each in range(12):
        told(cast, now)
    with django_assert_max_num_queries(5):
        assert len(client.get(reverse("api-ticket-list")).json()["results"]) == 12
