"""What is written into the journal."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from journal.models import Entry
from journal.rules import Happened


def note(*, kind: Happened, by: Any, now: datetime, what: str = "", code: str = "") -> Entry | None:
    """记日志: one line about an account that works here; of others nothing is written, and None returned.

    `what` names an address or a method, never a name, a number of somebody or words that were typed.
    Refuses nothing. Whoever notes a refusal does it after the transaction that was refused.
    """
    if not (by.is_staff or by.is_superuser):
        return None
    posts = by.memberships.valid_on(timezone.localdate(now))
    place = posts.order_by("pk").values_list("division_id", flat=True).first()
    return Entry.objects.create(
        at=now, kind=kind, account=by.pk, division_id=place, what=what[:160], code=code[:40]
    )
