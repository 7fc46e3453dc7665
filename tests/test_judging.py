"""What the access table takes for a deed: it would notice both mistakes."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from orders.rules.orders import OrderState
from tests.factories import orders, volunteers
from tests.judging import judge_call, judge_deed

pytestmark = pytest.mark.usefixtures("clock")


def test_a_verb_that_was_done_and_one_that_was_refused_are_told_apart(guilan, cast, now):
    helper = volunteers.volunteer(home=cast.city["community"])
    open_one = orders.asked(cast.guilan, now)
    over = orders.brought_to(OrderState.REFUSED, orders.asked(cast.guilan, now), helper, cast.worker, now)
    done, refused = (guilan.post(reverse("orders:cancel", args=[one.pk])) for one in (open_one, over))
    assert (done.status_code, refused.status_code) == (302, 302)
    assert judge_deed(done, True, "POST") == judge_deed(refused, False, "POST") == []
    assert judge_deed(done, False, "POST")[0].endswith("should not be done")
    assert "不能取消" in judge_deed(refused, True, "POST")[0]
    wrong = guilan.post(reverse("orders:dispute", args=[open_one.pk]), {"reason": ""})
    assert judge_deed(wrong, False, "POST") == []
    assert judge_deed(wrong, True, "POST") != []


def _call(client: Client, name: str, *args: int, **told: object) -> Any:
    return client.post(reverse(name, args=args), told, content_type="application/json")


def test_a_call_that_was_done_and_the_ways_to_fail_are_told_apart(guilan, cast, now):
    helper = volunteers.volunteer(home=cast.city["community"])
    open_one = orders.asked(cast.guilan, now)
    over = orders.brought_to(OrderState.REFUSED, orders.asked(cast.guilan, now), helper, cast.worker, now)
    done, too_late = (_call(guilan, "api-order-cancel", one.pk) for one in (open_one, over))
    assert (done.status_code, too_late.status_code) == (200, 409)
    assert judge_call(done, True, "POST") == []
    assert judge_call(done, False, "POST")[0].endswith("should not be done")
    # What nobody could do any more was not done, and does not say who may.
    assert judge_call(too_late, True, "POST") == ["POST: 409 MOVE_REFUSED, but should be done"]
    assert judge_call(too_late, False, "POST") == ["POST: 409 MOVE_REFUSED, but should not be done"]
    errand = {"kind": "ERRAND", "person_id": cast.guilan.pk, "title": "交水费"}
    client = Client()
    signed_out = _call(client, "api-order-list", **errand)
    client.force_login(cast.stranger.user)
    not_hers = _call(client, "api-order-list", **errand)
    elsewhere = _call(client, "api-order-cancel", open_one.pk)
    assert (signed_out.status_code, not_hers.status_code, elsewhere.status_code) == (403, 409, 404)
    for refused in (signed_out, not_hers, elsewhere):
        assert judge_call(refused, False, "POST") == []
        assert judge_call(refused, True, "POST") != []
    wrong = _call(guilan, "api-order-list", person_id="x")
    assert wrong.status_code == 400
    assert judge_call(wrong, True, "POST") != [] != judge_call(wrong, False, "POST")
