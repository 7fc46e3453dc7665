"""The minutes: members say what is wrong, the secretary settles it, then everybody reads them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.days import day_of
from common.errors import DomainError, NotAllowed
from common.steps import refuse_unmet
from grievances.actions.agenda import lock_meeting
from grievances.actions.meetings import go_publish, move_refused, read_again, tell_corrected
from grievances.models.bodies import BodyMember
from grievances.models.meetings import AgendaItem, Correction, Meeting
from grievances.rules.meetings import (
    LONGEST_DECISION,
    LONGEST_ITEM,
    WHAT_WAS_SAID,
    WHY_NOT_PUT_RIGHT,
    WRITABLE,
    MeetingMove,
    MeetingState,
)
from grievances.rules.tickets import WHAT_TO_DISCUSS
from people.models import User, acts_for


@transaction.atomic
def correct_minutes(*, item_id: int, text: str, by: User, now: datetime) -> Correction:
    """提更正: a member says how an item ought to read; once at a time, until the window closes.

    The same again changes nothing. Refuses NOT_ALLOWED (only who is a member), TEXT_NEEDED, WINDOW_OVER,
    ASKED_BEFORE (her last one is not settled).
    """
    known = AgendaItem.objects.filter(pk=item_id).values_list("meeting", flat=True).first()
    meeting = Meeting.objects.select_for_update(no_key=True).filter(pk=known or 0).first()
    member = member_in(meeting, by) if meeting is not None else None
    if meeting is None or member is None:
        raise NotAllowed(message=_("只有这个议事会的成员可以提更正。"))
    if (
        meeting.state != MeetingState.MINUTES
        or not meeting.correct_until
        or day_of(now) > meeting.correct_until
    ):
        raise DomainError("WINDOW_OVER", _("提更正的时间不在这几天，请和说事会秘书说。"))
    said = text.strip()[:LONGEST_DECISION]
    if len(said) < 2:
        raise DomainError("TEXT_NEEDED", _("请写明应该怎么写。"), about="text")
    before = Correction.objects.filter(item=item_id, member=member, settled_at=None).first()
    if before is not None and before.text == said:
        return before
    if before is not None:
        raise DomainError("ASKED_BEFORE", _("您提过一次，还没有定下来，请等一等。"), about="text")
    return Correction.objects.create(item_id=item_id, member=member, text=said, made_at=now)


def member_in(meeting: Meeting, by: User) -> BodyMember | None:
    """The seat of `by` herself in the body on the day of a meeting; None where she has none."""
    terms = meeting.body.members.valid_on(day_of(meeting.starts_at))
    return terms.filter(person__in=acts_for(by).filter(user=by).values("pk")).first()


@transaction.atomic
def settle_correction(
    *, correction_id: int, taken: bool, by: User, now: datetime, words: str = "", answer: str = ""
) -> Correction:
    """定更正: the secretary writes it so, in her own words, or says why not; whoever
    asked is told, and what was changed members have their days to read again. Twice changes nothing.

    Refuses NOT_ALLOWED, MOVE_REFUSED, WORDS_NEEDED, ANSWER_NEEDED, SETTLED (otherwise, before).
    """
    known = Correction.objects.filter(pk=correction_id).values_list("item__meeting", flat=True).first()
    meeting = lock_meeting(known or 0, by)
    _refuse_unless_open(meeting)
    found = Correction.objects.select_related("item__meeting__body", "member").get(pk=correction_id)
    if found.settled_at is not None:
        if found.taken == taken and (not taken or found.item.words == words.strip()[:LONGEST_DECISION]):
            return found
        raise DomainError("SETTLED", _("这条更正已经定过了，请刷新看看。"))
    refuse_unmet(WHAT_WAS_SAID if taken else WHY_NOT_PUT_RIGHT, words if taken else answer)
    if taken and found.item.words != words.strip()[:LONGEST_DECISION]:
        _write(found.item, words)
        read_again(meeting, now)
    found.taken, found.answer, found.settled_at = taken, "" if taken else answer.strip()[:100], now
    found.save()
    tell_corrected(found, now)
    return found


@transaction.atomic
def reword_item(*, item_id: int, title: str, words: str, by: User, now: datetime) -> AgendaItem:
    """改纪要: what an item is called, and what the minutes say of it, until they are published; what came
    of it stays, and members have their days to read it again. The same again changes nothing.

    Refuses NOT_ALLOWED, MOVE_REFUSED, REASON_NEEDED (no title).
    """
    known = AgendaItem.objects.filter(pk=item_id).values_list("meeting", flat=True).first()
    meeting = lock_meeting(known or 0, by)
    if meeting.state not in WRITABLE:
        raise move_refused(meeting, MeetingMove.PUBLISH)
    refuse_unmet(WHAT_TO_DISCUSS, title)
    item = AgendaItem.objects.get(pk=item_id)
    before = item.title, item.words
    item.title, item.words = title.strip()[:LONGEST_ITEM], words.strip()[:LONGEST_DECISION]
    if (item.title, item.words) != before:
        item.save(update_fields=["title", "words"])
        read_again(meeting, now)
    return item


def _write(item: AgendaItem, words: str) -> None:
    item.words = words.strip()[:LONGEST_DECISION]
    item.save(update_fields=["words"])


def _refuse_unless_open(meeting: Meeting) -> None:
    if meeting.state != MeetingState.MINUTES:
        raise move_refused(meeting, MeetingMove.PUBLISH)


@transaction.atomic
def publish_minutes(*, meeting_id: int, by: User, now: datetime) -> Meeting:
    """公布纪要: everybody reads them; from then on nothing in them changes. Twice changes nothing.

    Refuses NOT_ALLOWED, MOVE_REFUSED, WINDOW_OPEN (members may still say what is wrong),
    CORRECTIONS_OPEN, VERDICTS_LACKING (a promise of before has neither verdict nor its one deferral).
    """
    meeting = lock_meeting(meeting_id, by)
    if meeting.state == MeetingState.PUBLISHED:
        return meeting
    _refuse_unless_open(meeting)
    lacking = meeting.items.lacking(day_of(meeting.starts_at)).first()
    if lacking is not None:
        told = _("从前答应的“%(what)s”还没有评，也没有写下次再评，不能公布。")
        raise DomainError("VERDICTS_LACKING", told % {"what": lacking.title})
    if Correction.objects.filter(item__meeting=meeting, settled_at=None).exists():
        raise DomainError("CORRECTIONS_OPEN", _("还有成员提的更正没有定下来。"))
    if meeting.correct_until is not None and day_of(now) <= meeting.correct_until:
        told = _("成员在 %(day)s 以前还可以提更正，第二天起可以公布。")
        raise DomainError("WINDOW_OPEN", told % {"day": f"{meeting.correct_until:%Y-%m-%d}"})
    go_publish(meeting, now)
    return meeting
