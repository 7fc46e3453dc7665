"""The part of courses when a person's record is closed."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from courses.models import Enrolment
from people.actions.parts import Part
from people.models import Person


def _unfinished(person: Person, _now: datetime) -> str:
    if Enrolment.objects.live().filter(person=person).exists():
        return _("还有在读或候补的课，请先退课，再注销。")
    return ""


PART = Part(app="courses", unfinished=_unfinished)
