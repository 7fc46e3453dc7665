"""What the database keeps of a meeting, whoever writes: the functions of its triggers."""

# What was published is not touched; a vote holds no more voices than people who were there.
_CLOSED_SQL = """
    IF EXISTS (SELECT 1 FROM grievances_meeting m WHERE m.id = {meeting} AND m.state IN ('PUBLISHED', 'CANCELLED')) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'published_minutes_stand',
            MESSAGE = 'what was published is not changed';
    END IF;
"""
_OF_ITEM = "(SELECT i.meeting_id FROM grievances_agendaitem i WHERE i.id = NEW.item_id)"
ITEM_SQL = (
    """
    IF TG_OP = 'UPDATE' AND ((NEW.meeting_id, NEW.ticket_id, NEW.commitment_id, NEW.category_id)
       IS DISTINCT FROM (OLD.meeting_id, OLD.ticket_id, OLD.commitment_id, OLD.category_id)
       AND NOT (OLD.ticket_id IS NULL AND NEW.ticket_id IS NOT NULL
                AND (NEW.meeting_id, NEW.commitment_id, NEW.category_id)
                    IS NOT DISTINCT FROM (OLD.meeting_id, OLD.commitment_id, OLD.category_id))
       OR (OLD.outcome <> '' AND NEW.outcome <> OLD.outcome)) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'item_is_not_rewritten',
            MESSAGE = 'what an item was about, and what came of it, is not rewritten';
    END IF;
"""
    + _CLOSED_SQL.format(meeting="NEW.meeting_id")
    + "    RETURN NEW;\n"
)
# Nobody leaves under a vote that counted her; nobody is moved to another meeting.
_LEAVES_SQL = """
    IF TG_OP = 'UPDATE' OR TG_OP = 'DELETE' AND (
        SELECT count(*) - 1 FROM grievances_presence p WHERE p.meeting_id = OLD.meeting_id
    ) < (
        SELECT COALESCE(max(GREATEST(v.yes + v.no + v.abstained, j.done + j.partly + j.not_done)), 0)
        FROM grievances_agendaitem i
        LEFT JOIN grievances_vote v ON v.item_id = i.id LEFT JOIN grievances_judgement j ON j.item_id = i.id
        WHERE i.meeting_id = OLD.meeting_id
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'only_who_is_present_votes',
            MESSAGE = 'more voices than members present';
    END IF;
    RETURN COALESCE(NEW, OLD);
"""
PRESENT_SQL = (
    _CLOSED_SQL.format(meeting="(CASE TG_OP WHEN 'INSERT' THEN NEW.meeting_id ELSE OLD.meeting_id END)")
    + _LEAVES_SQL
)
_VOICES_SQL = """
    {closed}
    IF {voices} > (SELECT count(*) FROM grievances_presence p WHERE p.meeting_id = {meeting}) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'only_who_is_present_votes',
            MESSAGE = 'more voices than members present';
    END IF;
    RETURN NEW;
"""
PUBLISH_SQL = """
    IF NEW.state = 'PUBLISHED' AND EXISTS (
        SELECT 1 FROM grievances_agendaitem i JOIN grievances_commitment c ON c.id = i.commitment_id
        WHERE i.meeting_id = NEW.id
          AND (i.outcome = '' OR i.outcome = 'JUDGED'
               AND NOT EXISTS (SELECT 1 FROM grievances_judgement j WHERE j.item_id = i.id))
          AND (i.outcome = 'JUDGED' OR c.due_on < (NEW.starts_at AT TIME ZONE 'Asia/Shanghai')::date OR
               (c.claimed_at AT TIME ZONE 'Asia/Shanghai')::date <= (NEW.starts_at AT TIME ZONE 'Asia/Shanghai')::date)
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'minutes_wait_for_verdicts',
            MESSAGE = 'a promise of before has neither a verdict nor its one deferral';
    END IF;
    IF OLD.state IN ('PUBLISHED', 'CANCELLED') AND NEW.state = OLD.state AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'published_minutes_stand',
            MESSAGE = 'what was published is not changed';
    END IF;
    RETURN NEW;
"""


def voices(sum_of: str) -> str:
    """No more voices than members present, while the minutes are open."""
    return _VOICES_SQL.format(closed=_CLOSED_SQL.format(meeting=_OF_ITEM), voices=sum_of, meeting=_OF_ITEM)


CORRECTION_SQL = _CLOSED_SQL.format(meeting=_OF_ITEM) + "    RETURN NEW;\n"
