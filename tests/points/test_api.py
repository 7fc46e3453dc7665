"""The API of hours and points: one's own books, gifts, the check of a certificate."""

import json

import pytest
from django.urls import reverse

from points.models.redemptions import Redemption
from tests.factories import volunteers
from tests.factories.points import of

ENTRIES = "api-account-entries"


@pytest.fixture
def gift(cast, fund, now):
    return volunteers.gift(cast.center, fund, cast.officer, points=40, units=5, now=now)


def post(client, url, body, **headers):
    return client.post(url, json.dumps(body), content_type="application/json", headers=headers)


def redeem(client, gift, person, **headers):
    url = reverse("api-gift-redeem", args=[gift.pk])
    return post(client, url, {"person_id": person.pk}, **headers)


def test_my_books_and_their_lines(client, cast, fund, rich, now, django_assert_max_num_queries):
    assert client.get(reverse("api-account-list")).status_code == 403
    client.force_login(cast.guilan.user)
    (book,) = client.get(reverse("api-account-list")).json()["results"]
    assert (book["unit"], book["balance"], book["held"], book["free"]) == ("POINTS", 100, 0, 100)
    for _ in range(60):
        volunteers.give(cast.guilan, 1, of=fund, by=cast.officer, now=now)
    url = reverse(ENTRIES, args=[book["id"]])
    with django_assert_max_num_queries(5):
        first = client.get(url).json()
    assert (len(first["results"]), first["results"][0]["balance"]) == (50, 160)
    second = client.get(first["next"]).json()
    assert (len(second["results"]), second["next"]) == (11, None)
    assert second["results"][-1]["amount"] == 100
    client.force_login(cast.stranger.user)
    assert client.get(url).status_code == 404
    assert client.get(reverse("api-account-list")).json()["results"] == []


def test_a_gift_through_the_api(client, cast, gift, rich, now):
    (shown,) = client.get(reverse("api-gift-list")).json()["results"]
    assert (shown["points"], shown["left"], shown["center"]) == (40, 5, cast.center.name)
    assert redeem(client, gift, cast.guilan).status_code == 403
    client.force_login(cast.guilan.user)
    answer = redeem(client, gift, cast.guilan, idempotency_key="a1")
    again = redeem(client, gift, cast.guilan, idempotency_key="a1")
    assert (answer.status_code, again.json()) == (201, answer.json())
    made = Redemption.objects.get()
    assert (answer.json()["code"], answer.json()["outcome"]) == (made.code, "")
    assert of(rich) == (100, 40)
    (listed,) = client.get(reverse("api-redemption-list")).json()["results"]
    assert listed["id"] == made.pk
    gone = post(client, reverse("api-redemption-cancel", args=[made.pk]), {})
    assert (gone.json()["outcome"], gone.json()["code"]) == ("RELEASED", "")
    assert of(rich) == (100, 0)


def test_the_same_key_without_the_cache_is_still_one_redemption(client, cast, gift, rich):
    client.force_login(cast.guilan.user)
    url = reverse("api-gift-redeem", args=[gift.pk])
    first = post(client, url, {"person_id": cast.guilan.pk, "key": "k9"})
    again = post(client, url, {"person_id": cast.guilan.pk, "key": "k9"})
    assert (first.status_code, again.json()["id"]) == (201, first.json()["id"])


def test_refusals_are_answers(client, cast, gift, rich):
    client.force_login(cast.guilan.user)
    redeem(client, gift, cast.guilan)
    redeem(client, gift, cast.guilan)
    refused = redeem(client, gift, cast.guilan)
    assert (refused.status_code, refused.json()["code"]) == (409, "OVERSPEND")
    assert redeem(client, gift, cast.elder).json()["code"] == "NOT_ALLOWED"
    client.force_login(cast.worker)
    assert redeem(client, gift, cast.guilan).json()["code"] == "NOT_ALLOWED"
    assert post(client, reverse("api-gift-redeem", args=[gift.pk]), {}).status_code == 400


def test_the_check_is_open_and_masks_the_name(client, cast, now):
    paper = volunteers.certificate(volunteers.volunteer(cast.guilan), cast.worker, now)
    url = reverse("api-certificate-detail", args=[paper.number])
    told = client.get(url).json()
    assert (told["name"], told["valid"], told["minutes"]) == ("王**", True, 150)
    assert "王桂兰" not in client.get(url).content.decode()
    paper.revoked_at, paper.revoked_by, paper.revoke_reason = now, cast.worker, "重复开具"
    paper.save()
    assert (client.get(url).json()["valid"], client.get(url).json()["revoke_reason"]) == (False, "重复开具")
    assert client.get(reverse("api-certificate-detail", args=["20260101AAAAAAAA"])).status_code == 404
