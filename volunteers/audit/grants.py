from common.audit import sql_check

sql_check(
    "创投：签约项目的分期合计 100%",
    """
    SELECT p.id, coalesce(sum(t.share), 0) FROM volunteers_pitch p
    LEFT JOIN volunteers_tranche t ON t.pitch_id = p.id
    WHERE p.state IN ('CONTRACTED', 'RUNNING', 'CLOSED')
    GROUP BY p.id HAVING coalesce(sum(t.share), 0) <> 100
    """,
)
sql_check(
    "创投：最后一期在结项报告通过以后放行",
    """
    SELECT t.id FROM volunteers_tranche t
    WHERE t.released_at IS NOT NULL
      AND t.number = (SELECT max(number) FROM volunteers_tranche WHERE pitch_id = t.pitch_id)
      AND NOT EXISTS (SELECT 1 FROM volunteers_pitchreport r WHERE r.pitch_id = t.pitch_id
                      AND r.kind = 'CLOSING' AND r.accepted_at IS NOT NULL)
    """,
)
sql_check(
    "创投：项目和它的服务单同时结束",
    """
    SELECT p.id, p.state, o.state FROM volunteers_pitch p JOIN volunteers_serviceorder o ON o.id = p.order_id
    WHERE (p.state = 'CLOSED') <> (o.state = 'CONFIRMED')
    """,
)
sql_check(
    "市集：同一时间的预约不多于摊位的位置",
    """
    SELECT b.stall_id, b.starts_at, count(*) FROM volunteers_stallbooking b
    JOIN volunteers_stall s ON s.id = b.stall_id
    WHERE b.state = 'BOOKED' GROUP BY b.stall_id, b.starts_at, s.slots HAVING count(*) > s.slots
    """,
)
sql_check(
    "市集：取消的市集和摊位没有有效的预约",
    """
    SELECT b.id FROM volunteers_stallbooking b JOIN volunteers_stall s ON s.id = b.stall_id
    JOIN volunteers_marketday m ON m.id = s.market_id
    WHERE (m.state = 'CANCELLED' OR s.called_off_at IS NOT NULL) AND b.state = 'BOOKED'
    """,
)
