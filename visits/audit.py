"""What must hold of the register and of visits, over rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from common.audit import check, sql_check
from common.days import day_of
from visits.actions.care import Reckoning
from visits.models.care import CareCase

sql_check(
    "走访：每次都写明见了谁",
    """
    SELECT v.id FROM visits_homevisit v
    WHERE NOT EXISTS (SELECT 1 FROM visits_visited s WHERE s.visit_id = v.id)
    """,
)
sql_check(
    "走访：更正的是同一户的一次",
    """
    SELECT v.id FROM visits_homevisit v JOIN visits_homevisit b ON b.id = v.corrects_id
    WHERE v.household_id <> b.household_id
    """,
)
sql_check(
    "台账：登记完的每一户都登记了",
    """
    SELECT r.id FROM visits_bookrow r JOIN visits_householdbook b ON b.id = r.book_id
    WHERE b.state = 'IMPORTED' AND r.fate IN ('GOOD', 'DOUBTFUL') AND NOT r.done
    """,
)
sql_check(
    "台账：撤销以后只留下后来用过的",
    """
    SELECT r.id FROM visits_bookrow r JOIN visits_householdbook b ON b.id = r.book_id
    WHERE b.state = 'UNDONE' AND r.done AND r.fate <> 'STAYED'
    """,
)
sql_check(
    "台账：读完不再留着文件",
    """
    SELECT f.id FROM visits_bookfile f JOIN visits_householdbook b ON b.id = f.book_id
    WHERE b.state <> 'READING'
    """,
)
sql_check(
    "关心：从最后一次见到的那天算",
    """
    SELECT c.id FROM visits_carecase c WHERE c.closed_on IS NULL AND c.counted_from <> GREATEST(
        c.opened_on,
        (SELECT max((v.visited_at AT TIME ZONE 'Asia/Shanghai')::date) FROM visits_visited s
         JOIN visits_homevisit v ON v.id = s.visit_id
         WHERE s.person_id = c.person_id AND s.result IN ('FINE', 'MATTER')
           AND NOT EXISTS (SELECT 1 FROM visits_homevisit later WHERE later.corrects_id = v.id)))
    """,
)


def care_days(now: datetime) -> Iterator[str]:
    """A pass at night lets the days follow what began that day: until then they stand as of yesterday."""
    today, seen = day_of(now), Counter[tuple[int, str]]()
    reckonings = [Reckoning.of(day) for day in (today, today - timedelta(days=1))]
    # Whoever came into an area that is visited more often is of it from the night on.
    reckonings += [replace(one, tight=[]) for one in reckonings if one.tight]
    for case in CareCase.objects.open().select_related("person__home").order_by("pk"):
        seen[case.person_id, case.group_name] += 1
        if seen[case.person_id, case.group_name] == 2:
            yield f"{case.pk}"
        elif case.next_due_on not in {one.due(case) for one in reckonings}:
            yield f"{case.pk} {case.next_due_on}"


check("关心：最晚哪天去和规矩一致，同一类只有一份", care_days)
