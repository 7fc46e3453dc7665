"""A paper book and a reversal take two people: who asks, who approves, what is refused."""

from functools import partial

import pytest
from django.db import IntegrityError, transaction

from people.actions.records import erase_person, export_my_data
from people.rules import Role
from points.actions.vouchers import approve_voucher, ask_carry_over, ask_reversal, refuse_voucher
from points.models.ledger import Posting
from points.models.vouchers import Voucher
from points.rules import VOUCHERS, VoucherMove, VoucherState
from tests.backoffice import said
from tests.factories import people
from tests.factories.points import of
from tests.html import complains, opened
from tests.refusals import refused

PAPER = {"points": 30, "minutes": 135, "paper": "旧本第 3 页", "key": "p1"}


@pytest.fixture
def asked(cast, fund, now):
    return ask_carry_over(person_id=cast.guilan.pk, by=cast.worker, now=now, **PAPER)


def test_nothing_is_posted_until_another_agrees(cast, hers, asked, now):
    assert of(hers) == (0, 0)
    assert not Posting.objects.exists()
    posting = approve_voucher(voucher_id=asked.pk, by=cast.officer, now=now)
    assert approve_voucher(voucher_id=asked.pk, by=cast.officer, now=now) == posting
    assert of(hers) == (30, 0)
    assert posting.evidence == {"voucher": asked.pk}
    asked.refresh_from_db()
    assert (asked.state, asked.decided_by, asked.posting) == (VoucherState.DONE, cast.officer, posting)


def test_who_asked_never_approves_whatever_her_post(cast, fund, now):
    mine = ask_carry_over(person_id=cast.guilan.pk, by=cast.officer, now=now, **PAPER)
    refused("SAME_PERSON", approve_voucher, voucher_id=mine.pk, by=cast.officer, now=now)
    hers = ask_carry_over(person_id=cast.guilan.pk, by=cast.admin, now=now, **{**PAPER, "key": "p2"})
    refused("SAME_PERSON", approve_voucher, voucher_id=hers.pk, by=cast.admin, now=now)
    Voucher.objects.filter(pk=mine.pk).update(state="REFUSED", decided_by=cast.officer)
    with pytest.raises(IntegrityError, match="voucher_has_two_people"), transaction.atomic():
        Voucher.objects.filter(pk=hers.pk).update(decided_by=cast.admin)


def test_who_may_ask_and_who_may_approve(cast, asked, now):
    stranger = people.staff("外街主任", Role.DIRECTOR, cast.city["other_street"])
    for by in (cast.grid_worker, cast.guilan.user, stranger):
        refused("NOT_ALLOWED", ask_carry_over, person_id=cast.guilan.pk, by=by, now=now, **PAPER)
        refused("NOT_ALLOWED", approve_voucher, voucher_id=asked.pk, by=by, now=now)
        refused("NOT_ALLOWED", refuse_voucher, voucher_id=asked.pk, reason="不对", by=by, now=now)
    other = people.staff("同事", Role.SOCIAL_WORKER, cast.city["community"])
    refused("NOT_ALLOWED", approve_voucher, voucher_id=asked.pk, by=other, now=now)
    refused("NOT_ALLOWED", approve_voucher, voucher_id=0, by=cast.officer, now=now)
    refused("NOT_ALLOWED", ask_reversal, posting_id=0, reason="记错了", by=cast.officer, now=now)


def test_a_key_asks_once_and_for_one_thing(cast, asked, now):
    again = ask_carry_over(person_id=cast.guilan.pk, by=cast.worker, now=now, **PAPER)
    assert again == asked
    told = {"person_id": cast.guilan.pk, "by": cast.worker, "now": now}
    for other in ({"points": 31}, {"minutes": 1}, {"paper": "旧本第 4 页"}):
        refused("KEY_REUSED", ask_carry_over, **told, **{**PAPER, **other})
    refused("BAD_AMOUNT", ask_carry_over, **told, **{**PAPER, "points": 0, "minutes": 0})
    refused("BAD_AMOUNT", ask_carry_over, **told, **{**PAPER, "points": -1})
    refused("SOURCE_NEEDED", ask_carry_over, **told, **{**PAPER, "paper": " x "})


def test_what_was_refused_is_not_posted_and_can_be_asked_again(cast, rich, now):
    told = {"posting_id": Posting.objects.get().pk, "reason": "记错了人", "by": cast.worker, "now": now}
    first = ask_reversal(**told)
    assert ask_reversal(**told) == first
    refused("REASON_NEEDED", refuse_voucher, voucher_id=first.pk, reason=" ", by=cast.officer, now=now)
    refuse_voucher(voucher_id=first.pk, reason="没有记错", by=cast.officer, now=now)
    refuse_voucher(voucher_id=first.pk, reason="没有记错", by=cast.officer, now=now)
    refused("VOUCHER_REFUSED", approve_voucher, voucher_id=first.pk, by=cast.admin, now=now)
    second = ask_reversal(**told)
    assert second != first
    approve_voucher(voucher_id=second.pk, by=cast.officer, now=now)
    assert of(rich) == (0, 0)
    refused("VOUCHER_REFUSED", refuse_voucher, voucher_id=second.pk, reason="晚了", by=cast.officer, now=now)
    assert ask_reversal(**told) == second


def test_who_asked_takes_it_back(cast, asked, now):
    done = refuse_voucher(voucher_id=asked.pk, reason="页码写错了", by=cast.worker, now=now)
    assert (done.state, done.why_not) == (VoucherState.REFUSED, "页码写错了")


@pytest.mark.parametrize("side", ["who asks", "who approves"])
def test_neither_of_the_two_may_be_hers(cast, fund, now, side):
    her = people.person("孙丽华", account=cast.officer, home=cast.city["community"])
    told = {"person_id": her.pk, "now": now, **PAPER}
    if side == "who asks":
        refused("SAME_PERSON", ask_carry_over, by=cast.officer, **told)
    else:
        asked = ask_carry_over(by=cast.worker, **told)
        refused("SAME_PERSON", approve_voucher, voucher_id=asked.pk, by=cast.officer, now=now)


@pytest.mark.parametrize("state", VoucherState)
@pytest.mark.parametrize("move", VoucherMove)
def test_a_voucher_moves_by_its_table(cast, asked, now, state, move):
    if state == VoucherState.DONE:
        approve_voucher(voucher_id=asked.pk, by=cast.officer, now=now)
    elif state == VoucherState.REFUSED:
        refuse_voucher(voucher_id=asked.pk, reason="不对", by=cast.officer, now=now)
    verbs = {
        VoucherMove.APPROVE: partial(approve_voucher, voucher_id=asked.pk, by=cast.officer, now=now),
        VoucherMove.REFUSE: partial(
            refuse_voucher, voucher_id=asked.pk, reason="不对", by=cast.officer, now=now
        ),
    }
    step = VOUCHERS.step(state, move)
    repeated = {VoucherState.DONE: VoucherMove.APPROVE, VoucherState.REFUSED: VoucherMove.REFUSE}
    if step or repeated.get(state) == move:
        verbs[move]()
    else:
        refused("VOUCHER_REFUSED", verbs[move])
    asked.refresh_from_db()
    assert asked.state == (step.to if step else state)


def test_who_leaves_waits_for_the_answer_and_her_words_go(cast, asked, now):
    told = {"person_id": cast.guilan.pk, "along": [cast.zixuan.pk], "by": cast.guilan.user, "now": now}
    told["password"] = people.PASSWORD
    refused("UNFINISHED", erase_person, **told)
    assert "旧本第 3 页" in str(export_my_data(by=cast.guilan.user, now=now, password=people.PASSWORD))
    refuse_voucher(voucher_id=asked.pk, reason="她说不要了", by=cast.officer, now=now)
    erase_person(**told)
    asked.refresh_from_db()
    assert (asked.grounds, asked.why_not) == ("", "")


def test_the_desk_asks_and_the_street_agrees(client, cast, hers, fund, clock):
    client.force_login(cast.worker)
    url = f"/staff/points/{cast.guilan.pk}/book/"
    key = opened(client, url).fields("key")[0]["value"]
    client.post(url, {"points": "30", "hours": "2", "minutes": "15", "paper": "旧本第 3 页", "key": key})
    assert "旧本第 3 页" in opened(client, f"/staff/points/{cast.guilan.pk}/").text
    asked = Voucher.objects.get()
    page = opened(client, "/staff/vouchers/").text
    assert "王桂兰" in page
    assert "由另一位同事审批" in page
    assert client.post(f"/staff/vouchers/{asked.pk}/approve/").status_code == 403
    client.force_login(cast.officer)
    assert "待审批的记账单" in opened(client, "/staff/points/").text
    answer = client.post(f"/staff/vouchers/{asked.pk}/approve/")
    assert said(answer) == "已入账，本人在存折上看得到。"
    assert of(hers) == (30, 0)


def test_a_refusal_at_the_desk_keeps_what_was_typed(client, cast, asked, clock):
    client.force_login(cast.officer)
    url = f"/staff/vouchers/{asked.pk}/refuse/"
    complains(client.post(url, {"reason": "x"}), "请写明不予入账的原因，申请人会看到。", 409)
    client.post(url, {"reason": "页码不对"})
    asked.refresh_from_db()
    assert asked.why_not == "页码不对"
