"""What courses says on pages that belong to all, and when a record is closed."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from courses.actions import persons
from courses.models.enrolment import Enrolment
from courses.parts import catalogue, learning, work
from courses.rules import LIVE, PHONED, Letter
from people.models import Person
from people.parts import Part, Place


def _unfinished(person: Person, _now: datetime) -> str:
    if Enrolment.objects.live().filter(person=person).exists():
        return _("还有在读或候补的课，请先退课，再注销。")
    return ""


# What is over counts no more, though a seat in it stays one.
_HELD = f"""
    SELECT count(*) FROM courses_enrolment e LEFT JOIN courses_session s ON s.id = e.session_id
    WHERE e.person_id IN (SELECT id FROM hers) AND e.state IN ({", ".join(f"'{state}'" for state in LIVE)})
    AND (s.id IS NULL OR s.ends_at > %(now)s)
"""  # noqa: S608 - states of ours


PART = Part(
    app="courses",
    places=[Place("courses:list", _t("课程"), "calendar-week", ("/classes",))],
    front=catalogue.front,
    asks=learning.asks,
    coming=learning.coming,
    mine=learning.mine,
    feed=learning.feed,
    address=learning.address,
    works=work.teaches,
    today=work.today,
    waiting=work.waiting,
    desk=work.desk,
    letters=Letter,
    phoned=PHONED,
    copy=persons.copy,
    held=_HELD,
    lock=persons.lock,
    unfinished=_unfinished,
    erase=persons.erase,
)
