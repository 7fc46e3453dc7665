from common.audit import sql_check

sql_check(
    "创投：签约项目的分期合计 100%",
    """
    SELECT p.id, coalesce(sum(t.share), 0) FROM grants_pitch p
    LEFT JOIN grants_tranche t ON t.pitch_id = p.id
    WHERE p.state IN ('CONTRACTED', 'RUNNING', 'CLOSED')
    GROUP BY p.id HAVING coalesce(sum(t.share), 0) <> 100
    """,
)
sql_check(
    "创投：最后一期在结项报告通过以后放行",
    """
    SELECT t.id FROM grants_tranche t
    WHERE t.released_at IS NOT NULL
      AND t.number = (SELECT max(number) FROM grants_tranche WHERE pitch_id = t.pitch_id)
      AND NOT EXISTS (SELECT 1 FROM grants_pitchreport r WHERE r.pitch_id = t.pitch_id
                      AND r.kind = 'CLOSING' AND r.accepted_at IS NOT NULL)
    """,
)
sql_check(
    "创投：项目和它的服务单同时结束",
    """
    SELECT p.id, p.state, o.state FROM grants_pitch p JOIN orders_serviceorder o ON o.id = p.order_id
    WHERE (p.state = 'CLOSED') <> (o.state = 'CONFIRMED')
    """,
)
