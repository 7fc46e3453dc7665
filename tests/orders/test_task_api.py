"""The API of those who help: becoming a volunteer, orders to take, wishes, points given away."""

import json

import pytest
from django.urls import reverse

from orders.rules.orders import OrderKind, OrderState
from points.actions.giving import ask_transfer
from points.models.ledger import Posting
from tests.factories import volunteers
from tests.factories.orders import asked, brought_to
from tests.factories.points import carried_over, of
from volunteers.models.roll import Skill, Volunteer

pytestmark = pytest.mark.usefixtures("clock")
S = OrderState


def get(client, name, *args):
    return client.get(reverse(f"api-{name}", args=args))


def post(client, name, *args, body=None, **headers):
    url = reverse(f"api-{name}", args=args)
    return client.post(url, json.dumps(body or {}), content_type="application/json", headers=headers)


@pytest.fixture
def helper(cast):
    return volunteers.volunteer(home=cast.city["community"])


@pytest.fixture
def helping(client, helper):
    client.force_login(helper.person.user)
    return client


def test_she_becomes_a_volunteer_and_leaves(guilan, cast):
    for name in ("电工", "书法"):
        Skill.objects.create(name=name)
    body = {"person_id": cast.guilan.pk, "skills": ["电工"]}
    made = post(guilan, "volunteer-list", body=body)
    assert made.status_code == 201
    assert (made.json()["person"], made.json()["skills"], made.json()["state"]) == (
        "王桂兰",
        ["电工"],
        "ACTIVE",
    )
    # Joining again without a word about skills leaves them as they are.
    again = post(guilan, "volunteer-list", body={"person_id": cast.guilan.pk})
    assert (again.json()["id"], again.json()["skills"]) == (made.json()["id"], ["电工"])
    assert post(guilan, "volunteer-list", body={**body, "skills": ["飞"]}).status_code == 400
    number = made.json()["id"]
    assert post(guilan, "volunteer-honour", number, body={"agree": True}).json()["honour_consent"] is True
    left = post(guilan, "volunteer-leave", number)
    assert (left.json()["state"], left.json()["honour_consent"]) == ("LEFT", False)


def test_nobody_joins_leaves_or_agrees_for_others(guilan, cast, helper):
    refused = post(guilan, "volunteer-list", body={"person_id": cast.stranger.pk})
    assert (refused.status_code, refused.json()["code"]) == (409, "NOT_ALLOWED")
    assert not Volunteer.objects.filter(person=cast.stranger).exists()
    assert post(guilan, "volunteer-leave", helper.pk).status_code == 404
    assert post(guilan, "volunteer-honour", helper.pk, body={"agree": True}).status_code == 404
    assert get(guilan, "volunteer-list").json()["results"] == []


def test_an_offer_is_taken_and_done(helping, cast, now, helper):
    order = brought_to(S.OFFERED, asked(cast.guilan, now, place="3 号楼"), helper, cast.worker, now)
    (task,) = get(helping, "task-list").json()["results"]
    assert (task["id"], task["state"], task["person"], task["place"]) == (order.pk, "OFFERED", "", "")
    taken = post(helping, "task-take", order.pk).json()
    assert (taken["state"], taken["person"], taken["place"]) == ("TAKEN", "王桂兰", "3 号楼")
    short = post(helping, "task-done", order.pk, body={"minutes": 0})
    assert short.status_code == 400
    body = {"minutes": 45, "note": "做好了", "evidence": ["PAPER"]}
    done = post(helping, "task-done", order.pk, body=body).json()
    assert (done["state"], done["done_minutes"], done["place"]) == ("DONE", 45, "")
    order.refresh_from_db()
    assert order.done_evidence == ["PAPER"]
    assert post(helping, "task-take", order.pk).json()["code"] == "OFFER_GONE"


def test_an_offer_is_declined_and_a_taken_one_given_back(helping, cast, now, helper):
    order = brought_to(S.OFFERED, asked(cast.guilan, now), helper, cast.worker, now)
    assert post(helping, "task-decline", order.pk).json()["state"] == "ACCEPTED_FOR_DISPATCH"
    assert get(helping, "task-detail", order.pk).status_code == 404
    other = brought_to(S.TAKEN, asked(cast.guilan, now, title="买菜"), helper, cast.worker, now)
    back = post(helping, "task-release", other.pk, body={"reason": "病了"})
    assert back.json()["state"] == "ACCEPTED_FOR_DISPATCH"


def test_a_task_is_nobody_elses(guilan, cast, now, helper):
    order = brought_to(S.OFFERED, asked(cast.guilan, now), helper, cast.worker, now)
    assert get(guilan, "task-list").json()["results"] == []
    for what in ("take", "decline", "release", "done"):
        assert post(guilan, f"task-{what}", order.pk, body={"minutes": 5}).status_code == 404


def test_a_wish_is_read_without_a_name_and_adopted(client, cast, now, helper):
    wish = asked(cast.guilan, now, kind=OrderKind.WISH, title="老花镜", text="王桂兰要")
    brought_to(S.ACCEPTED_FOR_DISPATCH, wish, helper, cast.worker, now)
    answer = get(client, "wish-list")
    (row,) = answer.json()["results"]
    assert row["public_text"] == "一位长辈想要一副老花镜"
    assert "王桂兰" not in answer.content.decode()
    body = {"kind": "volunteer", "id": helper.pk}
    assert post(client, "wish-adopt", wish.pk, body=body).status_code in {401, 403}
    client.force_login(cast.stranger.user)
    assert post(client, "wish-adopt", wish.pk, body=body).json()["code"] == "NOT_ALLOWED"
    client.force_login(helper.person.user)
    assert post(client, "wish-adopt", wish.pk, body=body).json()["state"] == "TAKEN"
    assert get(client, "wish-list").json()["results"] == []


def test_points_are_given_once(guilan, cast, rich, now):
    first = post(guilan, "account-donate", rich.pk, body={"points": 30}, **{"Idempotency-Key": "a"})
    again = post(guilan, "account-donate", rich.pk, body={"points": 30}, **{"Idempotency-Key": "a"})
    assert (first.status_code, first.json()["amount"], first.json()["balance"]) == (201, -30, 70)
    assert again.json() == first.json()
    assert of(rich) == (70, 0)
    assert Posting.objects.filter(kind="DONATE").count() == 1
    assert post(guilan, "account-donate", rich.pk, body={"points": 71}).json()["code"] == "OVERSPEND"
    assert post(guilan, "account-donate", rich.pk, body={"points": 0}).status_code == 400


def test_hours_and_the_books_of_others_are_not_given(guilan, cast, fund, now):
    told = {"points": 0, "minutes": 60, "paper": "旧本第 3 页", "key": "b", "by": cast.admin, "now": now}
    book = carried_over(person_id=cast.guilan.pk, **told).legs.get(amount=60).account
    refused = post(guilan, "account-donate", book.pk, body={"points": 5})
    assert (refused.status_code, refused.json()["code"]) == (409, "HOURS_STAY")
    theirs = volunteers.points_of(cast.stranger)
    assert post(guilan, "account-donate", theirs.pk, body={"points": 5}).status_code == 404


def test_transfers_and_coverage(guilan, cast, rich, now):
    ask_transfer(
        kind="FAMILY",
        giver_id=cast.guilan.pk,
        taker_id=cast.zixuan.pk,
        points=5,
        relation="祖孙，户口本",
        by=cast.guilan.user,
        now=now,
    )
    (row,) = get(guilan, "transfer-list").json()["results"]
    assert (row["giver"], row["taker"], row["state"]) == ("王桂兰", "王子轩", "ASKED")
    assert get(guilan, "coverage-list").json() == {
        "stock": 0,
        "committed": 1000,
        "outstanding": 100,
        "percent": 1000,
    }
    guilan.force_login(cast.stranger.user)
    assert get(guilan, "transfer-list").json()["results"] == []


def test_lists_cost_the_same_however_long(client, cast, now, helper, django_assert_max_num_queries):
    client.force_login(helper.person.user)
    for number in range(12):
        order = asked(cast.guilan, now, title=f"取药{number}")
        brought_to(S.TAKEN, order, helper, cast.worker, now)
        wish = asked(cast.guilan, now, kind=OrderKind.WISH, title=f"心愿{number}")
        brought_to(S.ACCEPTED_FOR_DISPATCH, wish, helper, cast.worker, now)
    for name, most in (("task-list", 5), ("wish-list", 4), ("volunteer-list", 5)):
        with django_assert_max_num_queries(most):
            get(client, name)
