from common.audit import sql_check

sql_check(
    "通知：已送出的都在收件箱里",
    """
    SELECT n.id FROM notices_notice n
    WHERE n.dispatched_at IS NOT NULL AND NOT EXISTS
      (SELECT 1 FROM notices_delivery d WHERE d.notice_id = n.id AND d.channel = 'INBOX')
    """,
)
sql_check(
    "通知：撤回的没有送出",
    "SELECT id FROM notices_notice WHERE withdrawn_at IS NOT NULL AND dispatched_at IS NOT NULL",
)
sql_check(
    "通知：到期一小时还没送出",
    """
    SELECT id, kind, due_at FROM notices_notice
    WHERE dispatched_at IS NULL AND withdrawn_at IS NULL AND due_at < %(now)s - interval '1 hour'
    """,
)
