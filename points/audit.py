"""Drift finders of the ledger: what its guards keep true is asked again, from the rows themselves.

Whether the guards are there at all is asked for the whole house: common/guard_list.py.
"""

from common.audit import sql_check
from volunteers.rules.service import BY_MACHINE, INDEPENDENT, KINDS_OF_EVIDENCE

_INDEPENDENT, _BY_MACHINE = (
    "({})".format(", ".join(f"'{kind}'" for kind in sorted(kinds))) for kinds in (INDEPENDENT, BY_MACHINE)
)
_KEPT = "a.kind IN ('PERSON', 'DONATION', 'DEBT')"

sql_check(
    "账本：余额 = 分录之和",
    f"""
    SELECT a.id, a.posted, coalesce(sum(l.amount), 0) FROM points_account a
    LEFT JOIN points_leg l ON l.account_id = a.id WHERE {_KEPT}
    GROUP BY a.id HAVING a.posted <> coalesce(sum(l.amount), 0)
    """,  # noqa: S608 - our own words
)
sql_check(
    "账本：每行余额 = 上一行余额 + 本行",
    f"""
    SELECT account_id, id, balance, was, amount FROM (
        SELECT l.account_id, l.id, l.balance, l.amount,
            lag(l.balance, 1, 0) OVER (PARTITION BY l.account_id ORDER BY l.id) AS was
        FROM points_leg l JOIN points_account a ON a.id = l.account_id WHERE {_KEPT}
    ) lines WHERE balance IS DISTINCT FROM was + amount
    """,  # noqa: S608
)
sql_check(
    "账本：每笔至少两条分录，各单位合计为零",
    """
    SELECT p.id, p.key FROM points_posting p LEFT JOIN (
        SELECT posting_id, sum(n) AS n, bool_or(total <> 0) AS crooked FROM (
            SELECT l.posting_id, a.unit, count(*) AS n, sum(l.amount) AS total
            FROM points_leg l JOIN points_account a ON a.id = l.account_id GROUP BY 1, 2
        ) units GROUP BY posting_id
    ) legs ON legs.posting_id = p.id WHERE legs.n IS NULL OR legs.n < 2 OR legs.crooked
    """,
)
sql_check(
    "账本：批次剩余 + 预留 = 余额",
    """
    SELECT a.id, a.posted, a.held, coalesce(sum(t."left"), 0) FROM points_account a
    LEFT JOIN points_lot t ON t.account_id = a.id WHERE a.kind = 'PERSON' AND a.unit = 'POINTS'
    GROUP BY a.id HAVING a.posted <> a.held + coalesce(sum(t."left"), 0)
    """,
)
sql_check(
    "账本：已预留 = 还没有结果的预留之和",
    """
    SELECT a.id, a.held, coalesce(sum(h.amount), 0) FROM points_account a
    LEFT JOIN (SELECT h.account_id, h.amount FROM points_hold h
        LEFT JOIN points_holdend e ON e.hold_id = h.id WHERE e.hold_id IS NULL) h ON h.account_id = a.id
    GROUP BY a.id HAVING a.held <> coalesce(sum(h.amount), 0)
    """,
)
sql_check(
    "账本：预留的批次合计 = 预留",
    """
    SELECT h.id, h.amount, coalesce(sum(u.amount), 0) FROM points_hold h
    LEFT JOIN points_holdlot u ON u.hold_id = h.id
    GROUP BY h.id HAVING h.amount <> coalesce(sum(u.amount), 0)
    """,
)
sql_check(
    "礼品：库存、待取、已取与入库和预留相符",
    """
    SELECT g.id, g.name, g.stock, g.reserved, g.handed FROM points_gift g
    LEFT JOIN (SELECT gift_id, sum(units) AS units FROM points_stockintake GROUP BY 1) i ON i.gift_id = g.id
    LEFT JOIN (SELECT h.gift_id, count(*) FILTER (WHERE e.hold_id IS NULL) AS waiting,
            count(*) FILTER (WHERE e.outcome = 'COMMITTED') AS gone
        FROM points_hold h LEFT JOIN points_holdend e ON e.hold_id = h.id GROUP BY 1) h ON h.gift_id = g.id
    WHERE g.stock <> coalesce(i.units, 0) OR g.reserved <> coalesce(h.waiting, 0) OR g.handed <> coalesce(h.gone, 0)
    """,
)
sql_check(
    "入库：更正的是同一礼品、同一预算，不多于原来那笔，由另一位来录",
    """
    SELECT f.id, f.units, sum(c.units) FROM points_stockintake f JOIN points_stockintake c ON c.corrects_id = f.id
    GROUP BY f.id HAVING sign(f.units) * (f.units + sum(c.units)) NOT BETWEEN 0 AND abs(f.units)
        OR f.corrects_id IS NOT NULL
        OR bool_or(c.by_id = f.by_id OR c.gift_id <> f.gift_id OR c.budget_id <> f.budget_id)
    """,
)
sql_check(
    "预算：买礼品的积分不超过注入的，报损不退",
    """
    SELECT b.id, b.name FROM points_budget b
    LEFT JOIN (SELECT budget_id, sum(points) AS points FROM points_funding GROUP BY 1) f ON f.budget_id = b.id
    JOIN (SELECT i.budget_id, sum(i.units * g.points) AS points FROM points_stockintake i
        JOIN points_gift g ON g.id = i.gift_id LEFT JOIN points_stockintake o ON o.id = i.corrects_id
        WHERE coalesce(o.units, i.units) > 0 GROUP BY 1) bought ON bought.budget_id = b.id
    WHERE bought.points > coalesce(f.points, 0)
    """,
)
sql_check(
    "预算：各分仓之和 = 注入和已发",
    """
    SELECT b.id, b.name FROM points_budget b
    LEFT JOIN (SELECT budget_id, sum(funded) AS funded, sum(issued) AS issued
        FROM points_budgetpot GROUP BY 1) pots ON pots.budget_id = b.id
    LEFT JOIN (SELECT budget_id, sum(points) AS points FROM points_funding GROUP BY 1) f ON f.budget_id = b.id
    LEFT JOIN (SELECT a.budget_id, -sum(l.amount) AS issued FROM points_account a
        JOIN points_leg l ON l.account_id = a.id GROUP BY 1) legs ON legs.budget_id = b.id
    WHERE coalesce(pots.funded, 0) <> coalesce(f.points, 0) OR coalesce(pots.issued, 0) <> coalesce(legs.issued, 0)
    """,
)
sql_check(
    "服务记录：已认定的都入了账，入账的时长与记录一致",
    """
    SELECT r.id FROM volunteers_servicerecord r
    LEFT JOIN points_posting p ON p.record_id = r.id AND p.kind = 'EARN'
    WHERE (r.state = 'APPROVED' AND p.id IS NULL) OR (r.state IN ('RECORDED', 'REFUSED') AND p.id IS NOT NULL)
       OR (p.id IS NOT NULL AND r.minutes <> (
            SELECT coalesce(sum(l.amount), 0) FROM points_leg l JOIN points_account a ON a.id = l.account_id
            WHERE l.posting_id = p.id AND a.kind = 'PERSON' AND a.unit = 'HOURS'))
    """,
)
sql_check(
    "服务记录：认定的人不是本人，也不是当时的代办人、被代办人",
    """
    SELECT r.id FROM volunteers_servicerecord r
    JOIN volunteers_volunteer v ON v.id = r.volunteer_id
    JOIN people_person clerk ON clerk.user_id = r.approved_by_id
    WHERE r.state = 'APPROVED' AND (clerk.id = v.person_id OR EXISTS (
        SELECT 1 FROM people_guardianship g
        WHERE g.since < r.approved_at + interval '1 day'
          AND (g.until IS NULL OR g.until > r.approved_at - interval '1 day')
          AND (g.guardian_id, g.ward_id) IN ((clerk.id, v.person_id), (v.person_id, clerk.id))))
    """,
)
sql_check(
    "服务记录：已认定的有两种凭据，其中一种是独立的",
    f"""
    SELECT r.id FROM volunteers_servicerecord r LEFT JOIN volunteers_evidence e ON e.record_id = r.id
    WHERE r.state = 'APPROVED' GROUP BY r.id
    HAVING count(DISTINCT e.kind) < {KINDS_OF_EVIDENCE} OR bool_or(e.kind IN {_INDEPENDENT}) IS NOT TRUE
    """,  # noqa: S608
)
sql_check(
    "服务记录：已认定的有一种独立凭据，不是认定人自己、本人或当时的代办人、被代办人给的",
    f"""
    SELECT r.id FROM volunteers_servicerecord r JOIN volunteers_volunteer v ON v.id = r.volunteer_id
    WHERE r.state = 'APPROVED' AND NOT EXISTS (
        SELECT 1 FROM volunteers_evidence e LEFT JOIN people_person giver ON giver.user_id = e.by_id
        WHERE e.record_id = r.id AND e.kind IN {_INDEPENDENT} AND (e.kind IN {_BY_MACHINE} OR (
            e.by_id <> r.approved_by_id AND giver.id IS DISTINCT FROM v.person_id AND NOT EXISTS (
                SELECT 1 FROM people_guardianship g
                WHERE g.since < r.approved_at + interval '1 day'
                  AND (g.until IS NULL OR g.until > r.approved_at - interval '1 day')
                  AND (g.guardian_id, g.ward_id) IN ((giver.id, v.person_id), (v.person_id, giver.id))))))
    """,  # noqa: S608
)
sql_check(
    "记账单：旧账转入和冲正都由另一位同意",
    """
    SELECT p.id, p.key FROM points_posting p LEFT JOIN points_voucher v ON v.posting_id = p.id AND v.state = 'DONE'
    LEFT JOIN points_posting old ON old.id = p.reverses_id
    WHERE p.kind IN ('OPENING', 'REVERSAL') AND coalesce(old.key, '') NOT LIKE 'merge:%'
      AND (v.id IS NULL OR v.asked_by_id = v.decided_by_id OR v.kind <> p.kind
           OR v.reverses_id IS DISTINCT FROM p.reverses_id)
    """,
)
sql_check(
    "兑换：每笔礼品预留有一张兑换单",
    """
    SELECT h.id FROM points_hold h LEFT JOIN points_redemption r ON r.hold_id = h.id
    WHERE h.gift_id IS NOT NULL AND (r.id IS NULL OR r.gift_id <> h.gift_id)
    """,
)
sql_check(
    "日结：每天的账与当日摘要一致，一天接一天",
    """
    SELECT d.day FROM (
        SELECT day, previous, digest, lag(digest, 1, '') OVER w AS before, lag(day) OVER w AS day_before
        FROM points_dayhash WINDOW w AS (ORDER BY day)
    ) d WHERE d.previous <> d.before OR d.day_before <> d.day - 1 OR d.digest <> encode(sha256(convert_to(
        d.day || ' ' || coalesce(nullif(d.previous, ''), '-') || E'\\n' || ledger_day(d.day) || E'\\n', 'UTF8')), 'hex')
    """,
)
sql_check(
    "日结：前天以前的账都结了",
    """
    SELECT DISTINCT (p.sealed_at AT TIME ZONE 'Asia/Shanghai')::date FROM points_posting p
    WHERE p.sealed_at < %(now)s - interval '2 days' AND NOT EXISTS (
        SELECT 1 FROM points_dayhash d WHERE d.day = (p.sealed_at AT TIME ZONE 'Asia/Shanghai')::date)
    """,
)
