"""Pictures of a ticket: added by who told it, the desk and who has it in hand; gone with the words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.pictures import Picture
from common.stored import Shelf
from grievances.actions.steps import hats, lock_ticket, not_yours
from grievances.models.pictures import TicketPicture
from grievances.models.tickets import Ticket
from grievances.rules.pictures import ADDED_BY, MOST_PICTURES, takes_pictures
from grievances.rules.tickets import Hat
from people.models import User

SHELF = Shelf("tickets")
# Longer than any transaction: until then a file without a row may belong to one that is on its way.
ON_ITS_WAY = timedelta(days=1)
_BATCH = 500


@transaction.atomic
def add_pictures(
    *, ticket_id: int, pictures: Sequence[Picture], by: User | None, now: datetime, code: str = ""
) -> list[TicketPicture]:
    """加图片: puts pictures to a ticket that is not over; gives back all that it has.

    With an account or with the code; the desk and who has it in hand may as well. One that the ticket
    has already changes nothing, so pressing twice, or again after a lost answer, adds nothing. Refuses
    NOT_ALLOWED, NO_PICTURES_NOW (over, or an EVENT, of which nothing is kept that shows somebody),
    TOO_MANY_PICTURES.
    """
    ticket = lock_ticket(ticket_id)
    worn = hats(ticket, by, code) & ADDED_BY
    if not worn:
        raise not_yours()
    if not takes_pictures(ticket.state, ticket.kind, ticket.title):
        raise DomainError("NO_PICTURES_NOW", _("这件事现在不能加图片了。"), about="pictures")
    there = list(ticket.pictures.all())
    known = {one.sha256 for one in there}
    new = {one.sha256: one for one in pictures if one.sha256 not in known}
    if len(there) + len(new) > MOST_PICTURES:
        told = {"most": MOST_PICTURES, "there": len(there)}
        words = _("一件事最多 %(most)s 张图片，已经有 %(there)s 张，请少选几张。")
        raise DomainError("TOO_MANY_PICTURES", words % told, about="pictures")
    # The files last: whatever goes wrong from here on leaves one without a row, for `sweep_pictures`.
    staff = None if Hat.RESIDENT in worn else by
    return there + [
        TicketPicture.objects.create(
            ticket=ticket,
            position=position,
            key=SHELF.put(one.data, now=now),
            sha256=sha256,
            size=len(one.data),
            width=one.width,
            height=one.height,
            by=staff,
            added_at=now,
        )
        for position, (sha256, one) in enumerate(new.items(), len(there))
    ]


def forget_pictures(tickets: QuerySet[Ticket]) -> None:
    """Takes away the pictures of tickets that have no words any more; the files once that is certain.

    The caller holds the tickets.
    """
    rows = TicketPicture.objects.filter(ticket__in=tickets)
    keys = list(rows.values_list("key", flat=True))
    rows.delete()
    transaction.on_commit(partial(SHELF.drop, keys), robust=True)


def sweep_pictures(*, now: datetime) -> int:
    """清理图片文件: takes away files that no row names, a day after they were written: how many.

    They are left by a crash between a file and its row, or between the end of a row and of its file.
    """
    dropped = 0
    for keys in _in_batches(SHELF.older_than(now - ON_ITS_WAY)):
        known = set(TicketPicture.objects.filter(key__in=keys).values_list("key", flat=True))
        SHELF.drop(lost := [key for key in keys if key not in known])
        dropped += len(lost)
    return dropped


def _in_batches(keys: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(keys, _BATCH)):
        yield batch
