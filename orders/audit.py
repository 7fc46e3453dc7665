from common.audit import sql_check

_TAKERS = "num_nonnulls(o.volunteer_id, o.team_id, o.unit_id, o.shop_id)"

sql_check(
    "服务单：有人接的状态恰好有一个接单人，别的状态没有",
    f"""
    SELECT o.id, o.state, {_TAKERS} FROM orders_serviceorder o
    WHERE (o.state IN ('TAKEN', 'DONE', 'CONFIRMED', 'DISPUTED') AND {_TAKERS} <> 1)
       OR (o.state IN ('REQUESTED', 'REFUSED', 'ACCEPTED_FOR_DISPATCH', 'OFFERED') AND {_TAKERS} <> 0)
       OR (o.state = 'CANCELLED' AND {_TAKERS} > 1)
    """,  # noqa: S608 - our own words
)
sql_check(
    "服务单：待接单的恰好有一张等回音的派单，别的没有",
    """
    SELECT o.id, o.state, count(f.id) FROM orders_serviceorder o
    LEFT JOIN orders_orderoffer f ON f.order_id = o.id AND f.answer = 'PENDING'
    GROUP BY o.id HAVING count(f.id) <> (o.state = 'OFFERED')::int
    """,
)
sql_check(
    "服务单：志愿者做完并确认的都有服务记录，时长相同",
    """
    SELECT o.id FROM orders_serviceorder o
    LEFT JOIN volunteers_servicerecord r
      ON r.volunteer_id = o.volunteer_id AND r.source_key = 'order:' || o.id
    WHERE o.state = 'CONFIRMED' AND o.volunteer_id IS NOT NULL
      AND (r.id IS NULL OR r.minutes <> o.done_minutes)
    """,
)
sql_check(
    "服务单：没有确认的没有服务记录",
    """
    SELECT o.id FROM orders_serviceorder o
    JOIN volunteers_servicerecord r ON r.source_key = 'order:' || o.id
    WHERE o.state <> 'CONFIRMED' AND r.state IN ('RECORDED', 'APPROVED')
    """,
)
sql_check(
    "服务单：超时一小时没有答复的已经上报",
    """
    SELECT id FROM orders_serviceorder
    WHERE state = 'REQUESTED' AND escalated_at IS NULL AND answer_due_at < %(now)s - interval '1 hour'
    """,
)
sql_check(
    "服务单：状态和历史的最后一步一致",
    """
    SELECT o.id, o.state FROM orders_serviceorder o
    WHERE o.state IS DISTINCT FROM (
        SELECT e."to" FROM orders_orderevent e WHERE e.order_id = o.id ORDER BY e.id DESC LIMIT 1
    )
    """,
)
sql_check(
    # Of two records that were merged, what was settled before stays in the account it was posted to.
    "服务单：用积分的，积分是本人的，跟着单子留出、扣掉或退回",
    """
    SELECT o.id, o.state, e.outcome FROM orders_serviceorder o
    LEFT JOIN points_hold h ON h.id = o.hold_id
    LEFT JOIN points_holdend e ON e.hold_id = h.id
    LEFT JOIN points_account a ON a.id = h.account_id
    WHERE o.points > 0 AND (
        h.amount IS DISTINCT FROM o.points
        OR (e.outcome IS NULL AND a.person_id IS DISTINCT FROM o.for_person_id)
        OR e.outcome IS DISTINCT FROM CASE
            WHEN o.state = 'CONFIRMED' THEN 'COMMITTED'
            WHEN o.state IN ('REFUSED', 'CANCELLED') THEN 'RELEASED' END)
    """,
)
sql_check(
    "预留：没有期限的，都是一张服务单的",
    """
    SELECT h.id FROM points_hold h LEFT JOIN orders_serviceorder o ON o.hold_id = h.id
    WHERE h.until IS NULL AND o.id IS NULL
    """,
)
sql_check(
    "派单：过期一小时的已经收回",
    """
    SELECT id FROM orders_orderoffer
    WHERE answer = 'PENDING' AND until < %(now)s - interval '1 hour'
    """,
)
sql_check(
    "服务单：七天没有确认的已列入回访（宽限一天）",
    """
    SELECT o.id FROM orders_serviceorder o
    WHERE o.state = 'DONE' AND o.done_at < %(now)s - interval '8 days'
      AND NOT EXISTS (SELECT 1 FROM orders_callback c WHERE c.order_id = o.id AND c.why = 'SILENT')
    """,
)
sql_check(
    "市集：同一时间的预约不多于摊位的位置",
    """
    SELECT b.stall_id, b.starts_at, count(*) FROM orders_stallbooking b
    JOIN orders_stall s ON s.id = b.stall_id
    WHERE b.state = 'BOOKED' GROUP BY b.stall_id, b.starts_at, s.slots HAVING count(*) > s.slots
    """,
)
sql_check(
    "市集：取消的市集和摊位没有有效的预约",
    """
    SELECT b.id FROM orders_stallbooking b JOIN orders_stall s ON s.id = b.stall_id
    JOIN orders_marketday m ON m.id = s.market_id
    WHERE (m.state = 'CANCELLED' OR s.called_off_at IS NOT NULL) AND b.state = 'BOOKED'
    """,
)
