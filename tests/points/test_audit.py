"""Every check of the ledger finds the fault that is planted for it; none is left without one."""

from pathlib import Path

import pytest

from common import audit
from points import audit as ours
from tests.common.faults import found
from tests.owner import unguarded

PLANTED = {
    "账本：余额 = 分录之和": "UPDATE points_account SET posted = posted + 5 WHERE id = {account}",
    "账本：每行余额 = 上一行余额 + 本行": "UPDATE points_leg SET balance = balance + 5 WHERE account_id = {account}",
    "账本：每笔至少两条分录，各单位合计为零": "DELETE FROM points_leg WHERE account_id = {source}",
    "账本：批次剩余 + 预留 = 余额": 'UPDATE points_lot SET "left" = "left" - 1 WHERE account_id = {account}',
    "账本：已预留 = 还没有结果的预留之和": "UPDATE points_account SET held = held - 1 WHERE id = {account}",
    "账本：预留的批次合计 = 预留": "UPDATE points_holdlot SET amount = amount + 1",
    "礼品：库存、待取、已取与入库和预留相符": "UPDATE points_gift SET handed = handed + 1",
    "预算：各分仓之和 = 注入和已发": "UPDATE points_budgetpot SET funded = funded + 1",
    "入库：更正的是同一礼品、同一预算，不多于原来那笔，由另一位来录": (
        "INSERT INTO points_stockintake (gift_id, budget_id, units, note, key, by_id, at, corrects_id) "
        "SELECT gift_id, budget_id, -1, '', '', by_id, at, id FROM points_stockintake"
    ),
    "预算：买礼品的积分不超过注入的，报损不退": "UPDATE points_stockintake SET units = 100000 WHERE units > 0",
    "服务记录：已认定的都入了账，入账的时长与记录一致": "UPDATE volunteers_servicerecord SET minutes = 61",
    "服务记录：认定的人不是本人，也不是当时的代办人、被代办人": (
        "UPDATE people_person SET user_id = (SELECT approved_by_id FROM volunteers_servicerecord LIMIT 1) "
        "WHERE id = (SELECT person_id FROM volunteers_volunteer LIMIT 1)"
    ),
    "服务记录：已认定的有两种凭据，其中一种是独立的": (
        "UPDATE volunteers_evidence SET kind = 'PAPER' WHERE kind = 'QR'"
    ),
    "服务记录：已认定的有一种独立凭据，不是认定人自己、本人或当时的代办人、被代办人给的": (
        "UPDATE volunteers_evidence SET kind = 'CALLBACK', by_id = "
        "(SELECT approved_by_id FROM volunteers_servicerecord LIMIT 1) WHERE kind = 'QR'"
    ),
    "记账单：旧账转入和冲正都由另一位同意": "UPDATE points_voucher SET posting_id = NULL, state = 'ASKED'",
    "兑换：每笔礼品预留有一张兑换单": "UPDATE points_hold SET gift_id = (SELECT min(id) FROM points_gift)",
    "日结：每天的账与当日摘要一致，一天接一天": "UPDATE points_posting SET memo = '', kind = 'GRANT' WHERE id = {posting}",
    "日结：前天以前的账都结了": "DELETE FROM points_dayhash; UPDATE points_posting SET sealed_at = now() - interval '3 days'",
    "守护：触发器与本版本所装的一致": "ALTER TABLE points_leg DISABLE TRIGGER ledger_leg",
    "守护：函数与本版本所装的一致": "CREATE OR REPLACE FUNCTION ledger_leg() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
}


@pytest.mark.sweep
@pytest.mark.parametrize("check", PLANTED, ids=str)
def test_a_planted_fault_is_found(stage, check):
    assert check not in found()
    with unguarded() as cursor:
        cursor.execute(PLANTED[check].format(**stage))
    assert check in found()


def test_no_check_of_the_ledger_goes_untried():
    written = Path(ours.__file__).read_text("utf-8")
    names = {check.name for check in audit.checks() if f'"{check.name}"' in written}
    assert names - set(PLANTED) == set()
