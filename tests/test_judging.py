"""What the access table takes for a deed: it would notice both mistakes."""

import pytest
from django.urls import reverse

from orders.rules.orders import OrderState
from tests.factories import orders, volunteers
from tests.judging import judge_deed

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
