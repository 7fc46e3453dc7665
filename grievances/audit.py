from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

from common.audit import check, sql_check
from grievances.actions.pictures import SHELF
from grievances.models.pictures import TicketPicture
from grievances.rules.clocks import PAUSES, RUNS, ClockKind

# Which clocks have to run in a state: CALL_BACK only where somebody has to be rung, FIRST_ANSWER once.
_MUST = ", ".join(
    f"('{state}', '{kind}')"
    for state, kinds in sorted(RUNS.items())
    for kind in sorted(kinds - {ClockKind.CALL_BACK, ClockKind.FIRST_ANSWER})
)
_MAY = ", ".join(f"('{state}', '{kind}')" for state, kinds in sorted(RUNS.items()) for kind in sorted(kinds))
_PAUSES = ", ".join(f"('{state}', '{kind}')" for state, kind in sorted(PAUSES))

sql_check(
    "诉求：状态和经过的最后一步一致",
    """
    SELECT t.id, t.state FROM grievances_ticket t WHERE t.state IS DISTINCT FROM (
        SELECT s."to" FROM grievances_transition s WHERE s.ticket_id = t.id ORDER BY s.id DESC LIMIT 1)
    """,
)
sql_check(
    "诉求：没有办完的都有下一步和期限，和计时一致",
    """
    SELECT t.id, t.state, t.due_at FROM grievances_ticket t WHERE t.due_at IS DISTINCT FROM (
        SELECT min(c.due_at) FROM grievances_clock c
        WHERE c.ticket_id = t.id AND c.stopped_at IS NULL AND c.paused_at IS NULL)
    """,
)
sql_check(
    "计时：走的都是这个状态该走的，该走的都在走",
    f"""
    SELECT c.ticket_id, c.kind FROM grievances_clock c JOIN grievances_ticket t ON t.id = c.ticket_id
    WHERE c.stopped_at IS NULL AND (t.state, c.kind) NOT IN ({_MAY})
    UNION ALL
    SELECT t.id, must.kind FROM grievances_ticket t JOIN (VALUES {_MUST}) AS must (state, kind) ON must.state = t.state
    WHERE NOT EXISTS (SELECT 1 FROM grievances_clock c
                      WHERE c.ticket_id = t.id AND c.kind = must.kind AND c.stopped_at IS NULL)
    UNION ALL
    SELECT c.ticket_id, c.kind FROM grievances_clock c JOIN grievances_ticket t ON t.id = c.ticket_id
    WHERE c.stopped_at IS NULL AND (c.paused_at IS NOT NULL) <> ((t.state, c.kind) IN ({_PAUSES}))
    """,  # noqa: S608 - our own words
)
sql_check(
    "诉求：并进别件的没有在走的计时",
    """
    SELECT t.id, c.kind FROM grievances_ticket t JOIN grievances_clock c ON c.ticket_id = t.id
    WHERE t.state = 'MERGED' AND c.stopped_at IS NULL
    """,
)
sql_check(
    "承诺：答应了日子的诉求正好有一个没到头的，日子和计时一致",
    """
    SELECT t.id, t.state FROM grievances_ticket t WHERE (t.state = 'COMMITTED') IS DISTINCT FROM EXISTS (
        SELECT 1 FROM grievances_commitment m WHERE m.ticket_id = t.id AND m.state = 'MADE')
    UNION ALL
    SELECT m.ticket_id, m.state FROM grievances_commitment m
    JOIN grievances_clock c ON c.ticket_id = m.ticket_id AND c.kind = 'PROMISE' AND c.stopped_at IS NULL
    WHERE m.state = 'MADE' AND c.due_at <> (m.due_on + time '18:00') AT TIME ZONE 'Asia/Shanghai'
    """,
)
sql_check(
    "承诺：说办成了、等居民评的，诉求也在等居民评",
    """
    SELECT m.ticket_id, m.state FROM grievances_commitment m JOIN grievances_ticket t ON t.id = m.ticket_id
    WHERE m.state = 'CLAIMED' AND t.state <> 'ANSWERED'
    """,
)
sql_check(
    "会议：从前答应的都在议程上，或者评过了",
    """
    SELECT c.id, m.id FROM grievances_commitment c JOIN grievances_meeting m ON m.body_id = c.body_id
    WHERE m.state IN ('SCHEDULED', 'IN_SESSION') AND c.made_at < %(now)s - interval '2 days'
      AND NOT EXISTS (SELECT 1 FROM grievances_judgement j WHERE j.commitment_id = c.id)
      AND NOT EXISTS (SELECT 1 FROM grievances_agendaitem i
                      WHERE i.meeting_id = m.id AND c.id IN (i.commitment_id, i.promise_id))
    """,
)
sql_check(
    "会议：公布了的没有漏评，也没有没定的更正；票数不多于到会的人",
    """
    SELECT i.meeting_id, i.id FROM grievances_agendaitem i JOIN grievances_meeting m ON m.id = i.meeting_id
    JOIN grievances_commitment c ON c.id = i.commitment_id
    WHERE m.state = 'PUBLISHED' AND i.outcome = ''
      AND c.due_on < (m.starts_at AT TIME ZONE 'Asia/Shanghai')::date
    UNION ALL
    SELECT i.meeting_id, i.id FROM grievances_agendaitem i JOIN grievances_meeting m ON m.id = i.meeting_id
    JOIN grievances_correction x ON x.item_id = i.id WHERE m.state = 'PUBLISHED' AND x.settled_at IS NULL
    UNION ALL
    SELECT i.meeting_id, i.id FROM grievances_agendaitem i
    LEFT JOIN grievances_vote v ON v.item_id = i.id LEFT JOIN grievances_judgement j ON j.item_id = i.id
    WHERE GREATEST(v.yes + v.no + v.abstained, j.done + j.partly + j.not_done)
          > (SELECT count(*) FROM grievances_presence p WHERE p.meeting_id = i.meeting_id)
    """,
)
sql_check(
    "会议：评过的议题都有到会的人的话，说没有做到的承诺不再算做到",
    """
    SELECT i.id, i.outcome FROM grievances_agendaitem i LEFT JOIN grievances_judgement j ON j.item_id = i.id
    WHERE (i.outcome = 'JUDGED') IS DISTINCT FROM (j.id IS NOT NULL)
    """,
)
sql_check(
    "诉求：居民确认解决的，说的人不是承办人",
    """
    SELECT s.ticket_id, s.id FROM grievances_transition s JOIN grievances_ticket t ON t.id = s.ticket_id
    WHERE s.event = 'CONFIRM' AND s.hat = 'INTAKE' AND s.by_id = t.handler_id AND t.state = 'CLOSED_CONFIRMED'
    """,
)
sql_check(
    "诉求：不受理和暂缓都由另一位同意",
    """
    SELECT s.ticket_id, s.id FROM grievances_transition s
    JOIN LATERAL (SELECT p.by_id FROM grievances_transition p WHERE p.ticket_id = s.ticket_id AND p.id < s.id
                  ORDER BY p.id DESC LIMIT 1) p ON true
    WHERE s.event IN ('REFUSE', 'PARK') AND p.by_id = s.by_id
    """,
)
sql_check(
    "诉求：转交有关部门的情况不连着任何居民",
    """
    SELECT t.id FROM grievances_ticket t LEFT JOIN grievances_follower f ON f.ticket_id = t.id
    WHERE t.kind = 'EVENT' AND (t.person_id IS NOT NULL OR t.code_hash <> '' OR f.id IS NOT NULL)
    """,
)
sql_check(
    "计时：过期一小时的都办结、恢复或上报了",
    """
    SELECT ticket_id, kind FROM grievances_clock
    WHERE stopped_at IS NULL AND paused_at IS NULL AND late_at IS NULL AND due_at < %(now)s - interval '1 hour'
    """,
)


def _without_file(_now: datetime) -> Iterator[str]:
    for row in TicketPicture.objects.order_by("pk").iterator():
        data = SHELF.read(row.key)
        if data is None or hashlib.sha256(data).hexdigest() != row.sha256:
            yield f"{row.pk} {row.ticket_id} {row.key}"


check("图片：每张的文件都在，内容和登记的一致", _without_file)
