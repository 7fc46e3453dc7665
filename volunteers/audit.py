from common.audit import sql_check

_PLACED = "('SIGNED', 'CAME', 'MISSED')"

sql_check(
    "班次：已报名人数 = 名单上的人数",
    f"""
    SELECT s.id, s.places_taken, count(u.id) FROM volunteers_shift s
    LEFT JOIN volunteers_shiftsignup u ON u.shift_id = s.id AND u.state IN {_PLACED}
    GROUP BY s.id HAVING s.places_taken <> count(u.id)
    """,  # noqa: S608 - our own words
)
sql_check(
    "班次：候补人数 = 候补中的人数",
    """
    SELECT s.id, s.waiting_taken, count(u.id) FROM volunteers_shift s
    LEFT JOIN volunteers_shiftsignup u ON u.shift_id = s.id AND u.state = 'WAITING'
    GROUP BY s.id HAVING s.waiting_taken <> count(u.id)
    """,
)
# Who is busy elsewhere at that time, or off the register, keeps her place in line.
sql_check(
    "班次：开始前有空位，就没有能来的人在候补",
    """
    SELECT s.id, u.id FROM volunteers_shift s
    JOIN volunteers_shiftsignup u ON u.shift_id = s.id AND u.state = 'WAITING'
    JOIN volunteers_volunteer v ON v.id = u.volunteer_id AND v.state = 'ACTIVE'
    WHERE s.state = 'PLANNED' AND s.starts_at > %(now)s AND s.places_taken < s.places
      AND NOT EXISTS (SELECT 1 FROM volunteers_shiftsignup o WHERE o.volunteer_id = u.volunteer_id
                      AND o.state IN ('SIGNED', 'CAME') AND o.during && u.during)
    """,
)
sql_check(
    "志愿候补：同一班次里序号不重复",
    """
    SELECT shift_id, position FROM volunteers_shiftsignup
    GROUP BY shift_id, position HAVING count(*) > 1
    """,
)
sql_check(
    "志愿报名：时间和班次一致",
    """
    SELECT u.id FROM volunteers_shiftsignup u JOIN volunteers_shift s ON s.id = u.shift_id
    WHERE u.during <> tstzrange(s.starts_at, s.ends_at)
    """,
)
sql_check(
    "志愿报名：取消或完成的班次里没有人还等着",
    """
    SELECT u.id FROM volunteers_shiftsignup u JOIN volunteers_shift s ON s.id = u.shift_id
    WHERE s.state <> 'PLANNED' AND u.state IN ('SIGNED', 'WAITING')
    """,
)
sql_check(
    "服务记录：一个班次里一人只有一条，而且这个人来过",
    """
    SELECT r.id FROM volunteers_servicerecord r
    WHERE r.source_key LIKE 'shift:%' AND r.state IN ('RECORDED', 'APPROVED')
      AND (SELECT count(*) FROM volunteers_shiftsignup u WHERE u.volunteer_id = r.volunteer_id
           AND 'shift:' || u.shift_id = r.source_key AND u.state = 'CAME') <> 1
    """,
)
sql_check(
    "服务记录：班次的时长不超过计划时间",
    """
    SELECT r.id FROM volunteers_servicerecord r JOIN volunteers_shift s ON r.source_key = 'shift:' || s.id
    WHERE r.minutes > extract(epoch FROM s.ends_at - s.starts_at) / 60
    """,
)
sql_check(
    "提醒：取消的班次没有未送出的提醒",
    """
    SELECT n.id FROM notices_notice n JOIN volunteers_shift s ON s.id = n.about_id
    WHERE n.about_type = 'shift' AND n.kind = 'SHIFT_REMINDER' AND s.state = 'CANCELLED'
      AND n.dispatched_at IS NULL AND n.withdrawn_at IS NULL
    """,
)
