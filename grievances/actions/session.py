"""The day itself: one verb writes down whatever is said, once, also where its page had no network meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from common.days import day_of
from common.errors import DomainError
from common.sealed import blind_index
from common.steps import refuse_unmet
from grievances.actions.agenda import lock_meeting
from grievances.actions.commitments import judge, promise_before
from grievances.actions.letters import above, tell_staff, tell_tellers
from grievances.actions.meetings import read_again
from grievances.actions.steps import go, lock_ticket, move_refused
from grievances.actions.tickets import Word, hashes_of, open_ticket, place_with
from grievances.actions.verdicts import refuse_own_work
from grievances.models.categories import Category
from grievances.models.commitments import Commitment
from grievances.models.meetings import AgendaItem, Judgement, Meeting, MeetingRecord, Presence, Vote
from grievances.models.tickets import Ticket
from grievances.rules.letters import Letter
from grievances.rules.meetings import (
    AS_SAID,
    LONGEST_DECISION,
    LONGEST_ITEM,
    MOST_GUESTS,
    WHAT_WAS_SAID,
    WHY_DEFERRED,
    WHY_FEW,
    WRITABLE,
    MeetingState,
    Outcome,
    RecordKind,
    Verdict,
    Wait,
    may_be_judged,
    verdict_of,
)
from grievances.rules.tickets import (
    HIGHEST,
    TICKETS,
    WHAT_TO_DISCUSS,
    WHAT_WAS_DONE,
    Hat,
    Kind,
    Privacy,
    Source,
    TicketMove,
    TicketState,
    content_of,
)
from people.authority import refuse_own
from people.models import User

R = RecordKind
OF_PROMISES = frozenset({R.JUDGE, R.DEFER, R.VOTE})
AT_MEETING = {Hat.MEETING}


@dataclass(frozen=True)
class Said:
    """One thing to be written down: of which kind, about which item, and what the page asked for it."""

    op_id: UUID
    kind: RecordKind
    item_id: int | None = None
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Day:
    """A locked meeting, who writes, and when."""

    meeting: Meeting
    by: User
    now: datetime


@transaction.atomic
def record(*, meeting_id: int, said: Said, by: User, now: datetime) -> MeetingRecord:
    """会上记: writes one thing down, while the meeting is open, and until its minutes are published what a
    device without a network brings later; the minutes say what came later.

    The same mark again gives back the first record. What is said of a ticket is said by the meeting:
    who told it judges for herself as before. Refuses NOT_ALLOWED, NOT_OPEN, MINUTES_PUBLISHED, KEY_REUSED
    (the mark with another content), NO_SUCH_ITEM, DECIDED, NOBODY_PRESENT, TOO_MANY_VOICES, NO_VOICES,
    NOT_FOR_HER, OWN_WORK, SAME_PERSON, and what the verbs of tickets and promises refuse.
    """
    meeting = lock_meeting(meeting_id, by)
    content = blind_index(content_of({"kind": said.kind, "item": said.item_id, **said.told}))
    first = MeetingRecord.objects.filter(op_id=said.op_id).first()
    if first is not None:
        if (first.content_hash, first.meeting_id) != (content, meeting.pk):
            raise DomainError("KEY_REUSED", _("这一条送出过，内容却不一样，请刷新再记一次。"))
        return first
    if meeting.state not in WRITABLE:
        raise _not_now(meeting)
    day = Day(meeting, by, now)
    item = _item(day, said)
    item = _WRITE[said.kind](day, item, dict(said.told)) or item
    if item is not None:
        item.save()
    read_again(meeting, now)
    row = MeetingRecord(
        op_id=said.op_id,
        meeting=meeting,
        item=item,
        kind=said.kind,
        content_hash=content,
        by=by,
        at=now,
        late=meeting.state == MeetingState.MINUTES,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:  # the mark of another meeting, at the same moment
        raise DomainError("KEY_REUSED", _("这一条送出过，请刷新看看。")) from error
    return row


def _not_now(meeting: Meeting) -> DomainError:
    if meeting.state == MeetingState.PUBLISHED:
        return DomainError("MINUTES_PUBLISHED", _("纪要已经公布，不能再记；请留着这一条，写进下一次会。"))
    return DomainError("NOT_OPEN", _("会还没有开，或者不开了，请刷新看看。"))


def _item(day: Day, said: Said) -> AgendaItem | None:
    if said.kind in {R.PRESENT, R.RAISE}:
        return None
    item = (
        day.meeting.items.select_related(
            "commitment", "category", "ticket__person", "ticket__merged_into__person"
        )
        .filter(pk=said.item_id or 0)
        .first()
    )
    if item is None:
        raise DomainError("NO_SUCH_ITEM", _("这个议题不在这次会上，请刷新看看。"))
    if said.kind != R.VOTE and item.outcome:
        raise DomainError("DECIDED", _("这个议题已经记过“%(what)s”。") % {"what": item.get_outcome_display()})
    if item.commitment_id is not None and said.kind not in OF_PROMISES:
        raise DomainError("TO_BE_JUDGED", _("这是从前答应的，请评一评，或者写下次再评。"))
    if item.ticket is not None:
        refuse_own(day.by, item.ticket.person, item.ticket.followed.person)
    return item


def _present(day: Day, _item: AgendaItem | None, told: dict[str, Any]) -> None:
    """Who is there, as the page shows them now; not fewer than have voted."""
    terms = day.meeting.body.members.valid_on(day_of(day.meeting.starts_at))
    members = set(terms.filter(pk__in=told["members"]).values_list("pk", flat=True))
    if members != set(told["members"]):
        raise DomainError("NOT_A_MEMBER", _("有一位不是这个议事会的成员，请刷新再点。"), about="members")
    if not members:
        raise DomainError("NOBODY_PRESENT", _("请点到会的成员。"), about="members")
    if len(members) < most_voices(day.meeting):
        raise DomainError("TOO_MANY_VOICES", _("到会的比表决过的人还少，请核对。"), about="members")
    few = len(members) < day.meeting.body.quorum
    if day.meeting.state == MeetingState.MINUTES and few and not day.meeting.reason:
        raise DomainError(WHY_FEW.code, _("到会的人不够，会已经散了，不能再减。"), about="members")
    known = set(day.meeting.present.values_list("member_id", flat=True))
    # First who came, then who left: a vote counted as many at every moment.
    Presence.objects.bulk_create(
        Presence(meeting=day.meeting, member_id=pk) for pk in sorted(members - known)
    )
    day.meeting.present.exclude(member__in=members).delete()
    day.meeting.guests = min(told.get("guests") or 0, MOST_GUESTS)
    day.meeting.save(update_fields=["guests"])


def most_voices(meeting: Meeting) -> int:
    """With how many voices something was voted or judged here at most."""
    votes = [one.voices for kind in (Vote, Judgement) for one in kind.objects.filter(item__meeting=meeting)]
    return max(votes, default=0)


def _raise(day: Day, _item: AgendaItem | None, told: dict[str, Any]) -> AgendaItem:
    """加一件事: from the floor; a ticket of the meeting itself, so that somebody has it in the end."""
    refuse_unmet(WHAT_TO_DISCUSS, told["title"])
    title = told["title"].strip()[:LONGEST_ITEM]
    new = AgendaItem.objects.create(meeting=day.meeting, title=title)
    new.ticket = _opened(day, new, told["category_id"])
    return new


def _opened(day: Day, item: AgendaItem, category_id: int) -> Ticket:
    """A ticket that nobody told but the meeting, taken on at once."""
    if Category.objects.filter(pk=category_id, kind=Kind.EVENT).exists():
        raise DomainError("EVENT", _("这类情况由有关部门处理，不上会。"), about="category_id")
    place, title = day.meeting.body.division_id, item.title[:40]
    word = Word.read(category_id=category_id, division_id=place, title=title, privacy=Privacy.ANONYMOUS)
    key = f"meeting-item:{item.pk}"
    ticket = open_ticket(word=word, source=Source.MEETING, by=day.by, now=day.now, source_key=key).ticket
    pairs = hashes_of(item.title)
    go(ticket, TicketMove.ACCEPT, AT_MEETING, by=day.by, now=day.now, public_text=item.title, pairs=pairs)
    return ticket


def _ticket(day: Day, item: AgendaItem) -> Ticket:
    """What an item is about, locked; what was merged is spoken of where it was merged to."""
    if item.ticket_id is None:
        assert item.category_id is not None  # noqa: S101 - the other kind without a ticket
        item.ticket = _opened(day, item, item.category_id)
        item.save(update_fields=["ticket"])
    about = item.ticket_id or 0
    known = Ticket.objects.filter(pk=about).values_list("merged_into_id", flat=True).first()
    return lock_ticket(known or about)


def _go(day: Day, ticket: Ticket, move: TicketMove, **given: Any) -> None:
    """A move of the meeting; what it may not do from here nobody may do for it."""
    if TICKETS.next(ticket.state, move, AT_MEETING) is None:
        raise move_refused(ticket, move)
    go(ticket, move, AT_MEETING, by=day.by, now=day.now, **given)


def _whom(ticket: Ticket, handler_id: int) -> User:
    """Who is to do it; with a grid worker it lies in her grid from now on."""
    handler = User.objects.filter(pk=handler_id, is_active=True).first()
    place = place_with(handler, ticket) if handler is not None else None
    if handler is None or place is None:
        raise DomainError("NOT_FOR_HER", _("这件事不能由这位工作人员来办，请另选一位。"), about="handler_id")
    ticket.division = place
    return handler


def _answer(day: Day, item: AgendaItem, told: dict[str, Any]) -> None:
    refuse_unmet(WHAT_WAS_DONE, told["words"])
    ticket = _ticket(day, item)
    handler = _whom(ticket, told["handler_id"])
    item.words, item.outcome = told["words"].strip()[:LONGEST_DECISION], Outcome.ANSWERED
    _go(day, ticket, TicketMove.ANSWER, reason=item.words, answered_at=day.now, handler=handler)
    tell_tellers(ticket, Letter.TICKET_ANSWERED, day.now)


def _promise(day: Day, item: AgendaItem, told: dict[str, Any]) -> None:
    ticket = _ticket(day, item)
    handler = _whom(ticket, told["handler_id"])
    due_on = day_of(day.meeting.starts_at) + timedelta(days=Wait(told["wait"]))
    what = told["words"].strip() or item.title
    item.promise = promise_before(
        ticket, day.meeting.body, what=what, due_on=due_on, handler=handler, by=day.by, now=day.now
    )
    item.words, item.outcome = what[:LONGEST_DECISION], Outcome.PROMISED


def _hand(day: Day, item: AgendaItem, told: dict[str, Any]) -> None:
    ticket = _ticket(day, item)
    handler = _whom(ticket, told["handler_id"])
    _go(day, ticket, TicketMove.ASSIGN, handler=handler)
    tell_staff(ticket, Letter.TICKET_FOR_YOU, [handler], day.now)
    item.words, item.outcome = told.get("words", "").strip()[:LONGEST_DECISION], Outcome.HANDED


def _note(day: Day, item: AgendaItem, told: dict[str, Any]) -> None:
    refuse_unmet(WHAT_WAS_SAID, told["words"])
    item.words, item.outcome = told["words"].strip()[:LONGEST_DECISION], Outcome.NOTED


def _check_voices(day: Day, *voices: int) -> None:
    there = day.meeting.present.count()
    if there == 0:
        raise DomainError("NOBODY_PRESENT", _("请先记到会的成员，再表决。"))
    if sum(voices) > there:
        told = {"n": sum(voices), "there": there}
        raise DomainError(
            "TOO_MANY_VOICES", _("一共 %(n)s 票，到会的只有 %(there)s 位，没有到会的不能投。") % told
        )
    if sum(voices) == 0:
        raise DomainError("NO_VOICES", _("一票也没有，请写上票数。"))


def _vote(day: Day, item: AgendaItem, told: dict[str, Any]) -> None:
    voices = {name: told[name] for name in ("yes", "no", "abstained")}
    _check_voices(day, *voices.values())
    if Vote.objects.filter(item=item).exists():
        raise DomainError("DECIDED", _("这个议题表决过了。"))
    question = told["question"].strip()[:LONGEST_ITEM] or item.title
    Vote.objects.create(item=item, question=question, secret=told["secret"], **voices)


def _judge(day: Day, item: AgendaItem, told: dict[str, Any]) -> None:
    """评: what those present say of a promise; the worse where as many say so."""
    made = _made(day, item)
    ticket = _ticket(day, item)
    refuse_own_work(ticket, day.by)
    voices = {name: told[name] for name in ("done", "partly", "not_done")}
    _check_voices(day, *voices.values())
    verdict = verdict_of(**voices)
    item.words, item.outcome = told.get("words", "").strip()[:LONGEST_DECISION], Outcome.JUDGED
    item.save()
    Judgement.objects.create(item=item, commitment=made, verdict=verdict, secret=told["secret"], **voices)
    _carry_out(day, ticket, made, verdict, item.words)
    tell_tellers(ticket, Letter.TICKET_JUDGED, day.now)


def _made(day: Day, item: AgendaItem) -> Commitment:
    made = item.commitment
    if made is None:
        raise DomainError("NOTHING_PROMISED", _("这不是从前答应的事，没有什么可评。"))
    claimed = day_of(made.claimed_at) if made.claimed_at else None
    if not may_be_judged(claimed, made.due_on, day_of(day.meeting.starts_at)):
        raise DomainError("NOT_YET", _("答应的日子还没有到，下次会再评。"))
    return made


def _carry_out(day: Day, ticket: Ticket, made: Commitment, verdict: Verdict, words: str) -> None:
    """ "Not kept" opens it again one level higher, whoever told it; the other two are the last word only
    where nobody is known who could be asked."""
    latest = ticket.commitments.order_by("-pk").values_list("pk", flat=True).first() == made.pk
    alone = not (ticket.can_be_asked or ticket.code_hash)
    if not latest or (verdict != Verdict.NOT_DONE and not alone):
        return
    judge(ticket, AS_SAID[verdict], Hat.MEETING, day.now)
    move = {
        Verdict.DONE: TicketMove.CONFIRM,
        Verdict.PARTLY: TicketMove.CONFIRM_PARTLY,
        Verdict.NOT_DONE: TicketMove.DISPUTE,
    }[verdict]
    if TICKETS.next(ticket.state, move, AT_MEETING) is None:
        return
    level = min(ticket.level + (verdict == Verdict.NOT_DONE), HIGHEST)
    reason = words or str(Verdict(verdict).label)
    go(ticket, move, AT_MEETING, by=day.by, now=day.now, reason=reason, level=level)
    if ticket.state == TicketState.DISPUTED:
        tell_staff(ticket, Letter.TICKET_TO_DECIDE, above(ticket, day.now), day.now)


def _defer(day: Day, item: AgendaItem, told: dict[str, Any]) -> None:
    """下次再评: once a promise."""
    made = _made(day, item)
    refuse_unmet(WHY_DEFERRED, told["words"])
    if made.items.filter(outcome=Outcome.DEFERRED).exists():
        raise DomainError("ONCE", _("上次已经说下次再评，这次要评。"))
    item.words, item.outcome = told["words"].strip()[:LONGEST_DECISION], Outcome.DEFERRED


_WRITE: dict[RecordKind, Callable[[Day, Any, dict[str, Any]], AgendaItem | None]] = {
    R.PRESENT: _present,
    R.RAISE: _raise,
    R.ANSWER: _answer,
    R.PROMISE: _promise,
    R.HAND: _hand,
    R.NOTE: _note,
    R.VOTE: _vote,
    R.JUDGE: _judge,
    R.DEFER: _defer,
}
