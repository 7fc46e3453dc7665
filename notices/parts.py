"""The part of letters when a person's record is copied or closed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from common.copies import copies
from notices.actions import forget
from notices.models import Notice
from people.models import Person, User
from people.parts import Part, gathered


def _copy(person: Person) -> dict[str, Any]:
    letters = Notice.objects.filter(recipient=person, withdrawn_at=None).order_by("pk")
    words = ("due_at", ("title", _("标题")), ("body", _("内容")), "read_at")
    return {_("通知"): copies(letters, *words)} if letters else {}


def _erase(person: Person, _by: User, now: datetime) -> None:
    forget(person, gathered(lambda part: part.named(person)), now)


PART = Part(app="notices", copy=_copy, erase=_erase)
