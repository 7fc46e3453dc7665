"""The API of orders: the menu, one's own, refusals as 409, retries that do nothing twice."""

import json

import pytest
from django.core.cache import caches
from django.urls import reverse

from orders.models.orders import ServiceOrder
from orders.rules.orders import OrderState
from tests.factories import orders, volunteers
from tests.factories.orders import asked, brought_to

pytestmark = pytest.mark.usefixtures("clock")
S = OrderState


def post(client, name, *args, body=None, **headers):
    url = reverse(f"api-{name}", args=args)
    return client.post(url, json.dumps(body or {}), content_type="application/json", headers=headers)


@pytest.fixture
def menu(cast):
    return orders.item(cast.city["street"], "上门理发")


@pytest.fixture
def helper(cast):
    return volunteers.volunteer(home=cast.city["community"])


def test_the_menu_is_open(client, menu, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        (one,) = client.get(reverse("api-service-list")).json()["results"]
    assert (one["name"], one["division"], one["minutes"]) == ("上门理发", "花园路街道", 60)
    assert client.get(reverse("api-service-detail", args=[menu.pk])).json()["id"] == menu.pk


def test_a_service_for_points(client, cast, menu, now):
    menu.points = 30
    menu.save()
    assert client.get(reverse("api-service-detail", args=[menu.pk])).json()["points"] == 30
    client.force_login(cast.guilan.user)
    body = {"person_id": cast.guilan.pk, "item_id": menu.pk}
    short = post(client, "order-list", body=body)
    assert (short.status_code, short.json()["code"]) == (409, "OVERSPEND")
    fund = volunteers.budget(cast.city["street"], cast.officer)
    volunteers.give(cast.guilan, 40, of=fund, by=cast.officer, now=now)
    made = post(client, "order-list", body=body)
    assert (made.status_code, made.json()["points"]) == (201, 30)
    assert volunteers.points_of(cast.guilan).held == 30


def test_an_order_through_the_api(client, cast, menu):
    body = {"item_id": menu.pk, "person_id": cast.guilan.pk, "text": "剪短些", "place": "3 号楼"}
    assert post(client, "order-list", body=body).status_code == 403
    client.force_login(cast.guilan.user)
    first = post(client, "order-list", body=body, idempotency_key="a1")
    caches["default"].clear()  # the cache loses it: the order itself remembers the key
    again = post(client, "order-list", body=body, idempotency_key="a1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert first.json()["state"] == "REQUESTED"
    assert "剪短些" not in first.content.decode()
    refused = post(client, "order-list", body=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "ALREADY_ASKED")
    assert (
        post(client, "order-list", body={**body, "person_id": cast.stranger.pk}).json()["code"]
        == "NOT_ALLOWED"
    )
    assert post(client, "order-list", body={**body, "kind": "GRANT"}).status_code == 400
    assert [one["id"] for one in client.get(reverse("api-order-list")).json()["results"]] == [
        first.json()["id"]
    ]


def test_the_same_key_of_two_people_is_two_orders(client, cast):
    for person in (cast.guilan, cast.stranger):
        client.force_login(person.user)
        body = {"kind": "ERRAND", "title": "取药", "person_id": person.pk}
        assert post(client, "order-list", body=body, idempotency_key="a1").status_code == 201
    assert ServiceOrder.objects.count() == 2


@pytest.mark.parametrize(
    ("state", "verb", "body", "to"),
    [
        (S.DONE, "confirm", {}, "CONFIRMED"),
        (S.DONE, "dispute", {"reason": "没有来"}, "DISPUTED"),
        (S.TAKEN, "cancel", {}, "CANCELLED"),
    ],
)
def test_what_one_says_about_ones_own(client, cast, now, helper, state, verb, body, to):
    order = brought_to(state, asked(cast.guilan, now), helper, cast.worker, now)
    client.force_login(cast.stranger.user)
    assert post(client, f"order-{verb}", order.pk, body=body).status_code == 404
    client.force_login(cast.guilan.user)
    answer = post(client, f"order-{verb}", order.pk, body=body)
    assert (answer.status_code, answer.json()["state"]) == (200, to)
    assert answer.json()["taker"] == str(helper)


def test_a_refusal_is_409(client, cast, now):
    order = asked(cast.guilan, now)
    client.force_login(cast.guilan.user)
    answer = post(client, "order-confirm", order.pk)
    assert (answer.status_code, answer.json()["code"]) == (409, "MOVE_REFUSED")


def test_a_list_costs_the_same_however_long(client, cast, now, helper, django_assert_max_num_queries):
    client.force_login(cast.guilan.user)
    for _ in range(12):
        brought_to(S.TAKEN, asked(cast.guilan, now), helper, cast.worker, now)
    with django_assert_max_num_queries(5):
        assert len(client.get(reverse("api-order-list")).json()["results"]) >= 10
