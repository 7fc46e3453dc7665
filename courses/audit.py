from common.audit import sql_check

for table, name, pool in (
    ("courses_classgroup", "班级", "e.class_group_id = p.id AND e.session_id IS NULL"),
    ("courses_session", "课次", "e.session_id = p.id"),
):
    sql_check(
        f"{name}：已占名额 = 入班和待确认的人数",
        f"""
        SELECT p.id, p.seats_taken, count(e.id) FROM {table} p
        LEFT JOIN courses_enrolment e ON {pool} AND e.state IN ('SEATED', 'OFFERED')
        GROUP BY p.id HAVING p.seats_taken <> count(e.id)
        """,  # noqa: S608 - our own words
    )
    sql_check(
        f"{name}：候补人数 = 候补中的人数",
        f"""
        SELECT p.id, p.waiting_taken, count(e.id) FROM {table} p
        LEFT JOIN courses_enrolment e ON {pool} AND e.state = 'WAITING'
        GROUP BY p.id HAVING p.waiting_taken <> count(e.id)
        """,  # noqa: S608 - our own words
    )

sql_check(
    "班级：有空名额就没有人候补",
    """
    SELECT id, name FROM courses_classgroup
    WHERE seats_taken < capacity AND waiting_taken > 0 AND state IN ('PUBLISHED', 'RUNNING')
    """,
)
sql_check(
    "课次：有空名额就没有人候补",
    """
    SELECT id FROM courses_session
    WHERE seats_taken < capacity AND waiting_taken > 0 AND state = 'PLANNED' AND starts_at > %(now)s
    """,
)
sql_check(
    "候补：同一班里序号不重复",
    """
    SELECT class_group_id, session_id, position FROM courses_enrolment
    GROUP BY class_group_id, session_id, position HAVING count(*) > 1
    """,
)
sql_check(
    "候补：没有人被插队（名额给出时，前面没有还在候补的人）",
    """
    SELECT o.id FROM courses_enrolment o JOIN courses_enrolment w
      ON w.class_group_id = o.class_group_id AND w.session_id IS NOT DISTINCT FROM o.session_id
    WHERE o.state = 'OFFERED' AND w.state = 'WAITING' AND w.position < o.position
    """,
)
sql_check(
    "候补：过期一小时的名额已经让出",
    "SELECT id FROM courses_enrolment WHERE state = 'OFFERED' AND offer_until < %(now)s - interval '1 hour'",
)
sql_check(
    "报名：按次报名的带课次，整班报名的不带",
    """
    SELECT e.id FROM courses_enrolment e JOIN courses_classgroup c ON c.id = e.class_group_id
    WHERE (c.enrol_by = 'SESSION') <> (e.session_id IS NOT NULL)
    """,
)
sql_check(
    "报名：课次属于同一个班",
    """
    SELECT e.id FROM courses_enrolment e JOIN courses_session s ON s.id = e.session_id
    WHERE s.class_group_id <> e.class_group_id
    """,
)
sql_check(
    "考勤：登记的人在这个班",
    """
    SELECT a.id FROM courses_attendance a
    JOIN courses_enrolment e ON e.id = a.enrolment_id JOIN courses_session s ON s.id = a.session_id
    WHERE e.class_group_id <> s.class_group_id
    """,
)
sql_check(
    "结课或取消的班里没有人占着名额",
    """
    SELECT e.id FROM courses_enrolment e JOIN courses_classgroup c ON c.id = e.class_group_id
    WHERE c.state IN ('CANCELLED', 'FINISHED') AND e.state IN ('APPLIED', 'SEATED', 'WAITING', 'OFFERED')
    """,
)
sql_check(
    "提醒：停课或改期的课没有未送出的提醒",
    """
    SELECT n.id FROM notices_notice n JOIN courses_session s ON s.id = n.about_id
    WHERE n.about_type = 'session' AND n.kind IN ('REMINDER_24H', 'REMINDER_2H')
      AND s.state IN ('CANCELLED', 'MOVED') AND n.dispatched_at IS NULL AND n.withdrawn_at IS NULL
    """,
)
