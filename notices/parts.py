"""The part of letters when a person's record is copied or closed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from common.copies import copies
from notices.actions import forget, queue
from notices.models import Notice
from people.models import Person, User
from people.parts import Part, gathered
from people.rules import Letter


def _copy(person: Person) -> dict[str, Any]:
    letters = Notice.objects.filter(recipient=person, withdrawn_at=None).order_by("pk")
    words = ("due_at", ("title", _("标题")), ("body", _("内容")), "read_at")
    return {_("通知"): copies(letters, *words)} if letters else {}


def _erase(person: Person, _by: User, now: datetime) -> None:
    forget(person, gathered(lambda part: part.named(person)), now)


def _tell(person: Person, what: str, by: User, now: datetime) -> None:
    key = f"{what.lower()}:{person.pk}:{now.isoformat()}"
    queue(
        kind=what,
        key=key,
        recipient=person,
        about=("person", person.pk),
        due_at=now,
        now=now,
        person=person.full_name,
        at=now.isoformat(),
        clerk=str(by),
    )


PART = Part(app="notices", letters=Letter, tell=_tell, copy=_copy, erase=_erase)
