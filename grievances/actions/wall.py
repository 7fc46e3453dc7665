"""The problem wall: paper notes, keyed in together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import DomainError
from grievances.actions.tickets import Word, open_ticket
from grievances.models.tickets import Ticket
from grievances.rules.tickets import LONGEST_TITLE, MOST_NOTES, Privacy, Source, says_something
from people.models import User


@transaction.atomic
def copy_notes(
    *, notes: Sequence[str], category_id: int, division_id: int, by: User, now: datetime, source_key: str
) -> list[Ticket]:
    """抄墙: a ticket for each note of the problem wall, of nobody by name; all of them or none.

    What does not fit on its title stands whole in its text. The same key again gives back the first
    tickets. Refuses NOTES_NEEDED, TOO_MANY_NOTES, NOTE_TOO_SHORT (with its number), and what
    open_ticket refuses.
    """
    if not notes:
        raise DomainError("NOTES_NEEDED", _("请至少抄一张，一行一张。"), about="notes")
    if len(notes) > MOST_NOTES:
        raise DomainError("TOO_MANY_NOTES", _("一次最多抄五十张，请分几次抄。"), about="notes")
    wall = Word.read(category_id=category_id, division_id=division_id, title="", privacy=Privacy.ANONYMOUS)
    return [
        _one(note, number, f"{source_key}:{number}", wall, by, now) for number, note in enumerate(notes, 1)
    ]


def _one(note: str, number: int, key: str, wall: Word, by: User, now: datetime) -> Ticket:
    if not says_something(note[:LONGEST_TITLE]):
        told = _("第 %(number)s 行太短了，请写明是什么事。") % {"number": number}
        raise DomainError("NOTE_TOO_SHORT", told, about="notes")
    text = note if len(note) > LONGEST_TITLE else ""
    word = replace(wall, title=note[:LONGEST_TITLE], text=text)
    return open_ticket(word=word, source=Source.WALL, by=by, now=now, source_key=key).ticket
