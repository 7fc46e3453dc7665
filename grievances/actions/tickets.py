"""Verbs of a ticket before anybody has it in hand: open, accept, assign, refuse."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from centers.models import Division
from centers.rules import DivisionKind
from common.errors import DomainError, NotAllowed
from common.sealed import blind_index
from grievances.actions.clocks import first_clocks, hasten
from grievances.actions.letters import above, tell, tell_staff, tell_tellers
from grievances.actions.steps import POSTS, go, hats, lock_ticket, not_yours, read_code, write_down
from grievances.models.categories import Category, Route
from grievances.models.history import Clock
from grievances.models.tickets import Ticket
from grievances.rules.letters import Letter
from grievances.rules.tickets import (
    LONGEST_PLACE,
    LONGEST_TEXT,
    LONGEST_TITLE,
    Hat,
    Kind,
    Privacy,
    Source,
    TicketMove,
    TicketState,
    content_of,
    pairs_of,
    says_something,
)
from people.authority import is_own, may_act
from people.models import Person, User, acts_for

# Without letters that are read as one another; 50 bits.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 10
# By whom these are opened is asked; a resident opens WEB, or API by a program; whatever calls down the rest.
HANDED_OVER = frozenset({Source.WEB, Source.COUNTER, Source.HOTLINE})  # somebody is there to take a code
HERSELF = frozenset({Source.WEB, Source.API})  # she tells it, not somebody for her
TOLD_OF = (DivisionKind.COMMUNITY, DivisionKind.GRID)  # places where something may be told
STAFF_SOURCES = frozenset({Source.COUNTER, Source.HOTLINE, Source.WALL})


@dataclass(frozen=True)
class Opened:
    """A ticket, and its code where it was made just now: nobody can read that again."""

    ticket: Ticket
    code: str = ""


@dataclass(frozen=True)
class Word:
    """What is told: where, what, of what kind, how she wants to be named and reached.

    Holds the rows that a page has read already; `read` is for who has their numbers only.
    """

    category: Category
    division: Division
    title: str
    text: str = ""
    place: str = ""
    privacy: Privacy = Privacy.NAMED
    person: Person | None = None
    contact_name: str = ""
    contact_phone: str = ""

    @classmethod
    def read(
        cls, *, category_id: int, division_id: int, title: str, person_id: int | None = None, **told: Any
    ) -> Word:
        """Refuses NO_SUCH_CATEGORY, NO_SUCH_PLACE, and NOT_ALLOWED for who is not on record."""
        person = None
        if person_id is not None:
            person = Person.objects.select_related("home").filter(pk=person_id).first()
            if person is None:
                raise _not_for_her()
        division = Division.objects.filter(pk=division_id).first()
        if division is None:
            raise _no_such_place()
        return cls(_category(category_id), division, title, person=person, **told)


def hashes_of(text: str) -> list[int]:
    """Keyed hashes of the pairs of letters of a text, as Ticket.pairs keeps them."""
    return sorted({int(blind_index(pair)[:8], 16) - 2**31 for pair in pairs_of(text)})


@transaction.atomic
def open_ticket(
    *, word: Word, source: Source, by: User | None, now: datetime, source_key: str = "", public: bool = False
) -> Opened:
    """登记: writes down what somebody told; it is to be answered within the time of the policy.

    Residents tell it themselves (WEB), with an account for themselves and whom they act for, without
    one leaving a way to be reached, or nothing; staff for who came, rang, or pinned a note to the
    problem wall, in their reach. A program (API) tells what stays with a record, for whoever is signed
    in to it and whom she acts for: what keeps nobody's name is told on the page, for a program keeps
    who asked. Other apps hand in a `source_key` and stand for who may. The same
    key again gives back the first ticket, without its code. Who has no account, and who is
    anonymous, gets a code: lost is lost. An EVENT (whom the lawful body looks at) keeps nobody.

    Refuses NOT_ALLOWED, KEY_REUSED (the same key with another content), NO_SUCH_CATEGORY,
    NO_SUCH_PLACE, TITLE_NEEDED, NO_WAY_TO_REACH (named or confidential without person or phone),
    NOT_BY_A_PROGRAM (anonymous, or an EVENT).
    """
    category, division = word.category, word.division
    if not category.is_in_use:
        raise _no_such_category()
    if division.kind not in TOLD_OF:
        raise _no_such_place()
    person = _teller(word, source, by)
    _check_words(word, person)
    if source == Source.API and person is None:
        raise DomainError("NOT_BY_A_PROGRAM", _("不留名的事，请在“说事”的页面上说，或者打电话、到服务台。"))
    told = (
        word if category.kind != Kind.EVENT else Word(category, division, word.title, word.text, word.place)
    )
    rows = {"category": category.pk, "division": division.pk, "person": person.pk if person else None}
    content = blind_index(content_of({**vars(told), **rows}))
    handed = person is None and category.kind != Kind.EVENT and source in HANDED_OVER
    code = _new_code() if handed else ""
    named = told.privacy != Privacy.ANONYMOUS and person is None and category.kind != Kind.EVENT
    ticket = Ticket(
        source=source,
        source_key=source_key,
        content_hash=content,
        category=category,
        kind=category.kind,
        division=division,
        title=told.title.strip()[:LONGEST_TITLE],
        text=told.text.strip()[:LONGEST_TEXT],
        place=told.place.strip()[:LONGEST_PLACE],
        privacy=Privacy.ANONYMOUS if category.kind == Kind.EVENT else told.privacy,
        person=person,
        contact_name=told.contact_name.strip()[:20] if named else "",
        contact_phone=told.contact_phone if named else "",
        code_hash=read_code(code),
        opened_at=now,
    )
    clocks = first_clocks(ticket, now)
    hat = Hat.RESIDENT if source in HERSELF else Hat.INTAKE
    silent = category.kind == Kind.EVENT and source == Source.WEB
    try:
        _write(ticket, clocks, hat, None if silent else by, now)
    except IntegrityError as error:
        if "ticket_key_once" not in str(error):
            raise
        return _first(Ticket.objects.get(source_key=source_key), content)
    return Opened(ticket, code)


@transaction.atomic
def _write(ticket: Ticket, clocks: list[Clock], hat: Hat, by: User | None, now: datetime) -> None:
    """All of it or nothing: a key that is known already leaves nothing behind."""
    ticket.save(force_insert=True)
    Clock.objects.bulk_create(clocks)
    write_down(ticket, TicketMove.OPEN, "", hat=hat, by=by, now=now)
    # Its first step, and nobody has met the same yet.
    tell(ticket, Letter.TICKET_OPENED, [ticket.person] if ticket.person else [], now, step=1)


def _category(category_id: int) -> Category:
    found = Category.objects.in_use().select_related("parent").filter(pk=category_id).first()
    if found is None:
        raise _no_such_category()
    return found


def _no_such_category() -> DomainError:
    return DomainError("NO_SUCH_CATEGORY", _("请选一个类别。"), about="category")


def _no_such_place() -> DomainError:
    return DomainError("NO_SUCH_PLACE", _("请选事情发生在哪个社区。"), about="division")


def _not_for_her() -> NotAllowed:
    return NotAllowed(message=_("您不能替这位居民反映，请先到服务台登记代办关系。"))


def _teller(word: Word, source: Source, by: User | None) -> Person | None:
    """Whose word it is; refuses where it is not for `by` to tell, or to write down."""
    desk = by is not None and may_act(by=by, verb="grievances.intake", row=word.division)
    if source in STAFF_SOURCES and not desk:
        raise NotAllowed(message=_("这个地方不在您负责的范围内。"))
    if word.person is None or word.privacy == Privacy.ANONYMOUS or word.category.kind == Kind.EVENT:
        return None
    if not _may_speak_for(word.person, source, by):
        raise _not_for_her()
    return word.person


def _may_speak_for(person: Person, source: Source, by: User | None) -> bool:
    """Herself and whom she acts for; for staff whom their desk serves; other apps asked already."""
    if person.merged_into_id is not None:
        return False
    if source in HERSELF:
        return by is not None and (person.user_id == by.pk or acts_for(by).filter(pk=person.pk).exists())
    if source in {Source.VISIT, Source.MEETING}:
        return True
    # Where she lives is read anew: the row came from a page.
    now_living = Person.objects.select_related("home").get(pk=person.pk)
    return by is not None and may_act(by=by, verb="grievances.intake", person=now_living)


def _check_words(word: Word, person: Person | None) -> None:
    if not says_something(word.title):
        raise DomainError("TITLE_NEEDED", _("请用几个字写明是什么事。"), about="title")
    open_name = word.privacy != Privacy.ANONYMOUS and word.category.kind != Kind.EVENT
    if open_name and person is None and not word.contact_phone:
        raise DomainError("NO_WAY_TO_REACH", _("请留一个电话，或者选“匿名”。"), about="contact_phone")


def _first(first: Ticket, content: str) -> Opened:
    if first.content_hash != content:
        raise DomainError("KEY_REUSED", _("这一页已经送出过一次，请回到“说事”重新填。"))
    return Opened(first)


def _new_code() -> str:
    drawn = "".join(secrets.choice(_LETTERS) for _each in range(_CODE_LENGTH))
    return f"{drawn[:4]}-{drawn[4:7]}-{drawn[7:]}"


@transaction.atomic
def accept_ticket(
    *, ticket_id: int, by: User, now: datetime, category_id: int | None = None, public_text: str = ""
) -> Ticket:
    """受理: the desk takes it on, puts the category right, and writes what the problem wall may show.

    Where a rule says who deals with it there, it is assigned at once. Twice changes nothing. Refuses
    NOT_ALLOWED, MOVE_REFUSED, NO_SUCH_CATEGORY, SAME_PERSON.
    """
    ticket = lock_ticket(ticket_id)
    worn = hats(ticket, by)
    if ticket.state in {TicketState.ACCEPTED, TicketState.ASSIGNED} and Hat.INTAKE in worn:
        return ticket
    before, put_right = ticket.category, ""
    if category_id is not None and category_id != ticket.category_id:
        _put_right(ticket, _category(category_id))
        put_right = _("类别由“%(before)s”改为“%(after)s”。") % {"before": before, "after": ticket.category}
    told = public_text.strip()[:200]
    go(
        ticket,
        TicketMove.ACCEPT,
        worn,
        by=by,
        now=now,
        reason=put_right,
        public_text=told,
        pairs=hashes_of(told),
    )
    hasten(ticket, now)
    tell_tellers(ticket, Letter.TICKET_ACCEPTED, now)
    rule = Route.objects.nearest(ticket.division, ticket.category)
    handler = rule.handler if rule is not None else None
    place = place_with(handler, ticket) if handler is not None else None
    if handler is not None and place is not None:
        go(ticket, TicketMove.ASSIGN, {Hat.INTAKE}, by=by, now=now, handler=handler, division=place)
        tell_staff(ticket, Letter.TICKET_FOR_YOU, [handler], now)
    return ticket


def _put_right(ticket: Ticket, category: Category) -> None:
    """Another category, and with it another kind; who told it is not forgotten for that."""
    if category.kind == Kind.EVENT and (ticket.person_id or ticket.contact_phone or ticket.code_hash):
        raise DomainError(
            "TOLD_BY_SOMEBODY",
            _("这件事留了姓名或查询码，不能改成这一类；请另登记一件情况报告。"),
            about="category_id",
        )
    ticket.category, ticket.kind = category, category.kind


def may_handle(account: User, division: Division) -> bool:
    """Whether a post of hers lets her deal with what happens in a place: a rule may name her there."""
    return may_act(by=account, verb="grievances.handle", row=division)


def place_with(handler: User, ticket: Ticket) -> Division | None:
    """Where a ticket lies once she has it: where it does now, else with her in her own grid of the same
    community; None where she has neither, or somebody near to her told it."""
    if ticket.person is not None and is_own(handler, ticket.person):
        return None
    if may_handle(handler, ticket.division):
        return ticket.division
    around = Division.objects.under(ticket.division.community).order_by("path")
    return next((one for one in around if may_handle(handler, one)), None)


@transaction.atomic
def assign_ticket(*, ticket_id: int, handler_id: int, by: User, now: datetime) -> Ticket:
    """派单: gives it to who deals with it; another hand starts no clock anew.

    To a grid worker of the community it goes with its place: into her grid. After "not solved" the
    director gives it again, one level higher; the second time the street. To whom has it already
    changes nothing. Refuses NOT_ALLOWED, MOVE_REFUSED, HANDLER_NEEDED,
    NOT_FOR_HER (no post there, or she or hers told it: why is not said), SAME_PERSON.
    """
    ticket = lock_ticket(ticket_id)
    worn = hats(ticket, by)
    handler = User.objects.filter(pk=handler_id, is_active=True).first()
    if (
        ticket.state in {TicketState.ASSIGNED, TicketState.COMMITTED}
        and ticket.handler_id == handler_id
        and worn & {Hat.INTAKE, Hat.SUPERVISOR}
    ):
        return ticket
    place = place_with(handler, ticket) if handler is not None else ticket.division
    if place is None:
        raise DomainError("NOT_FOR_HER", _("这件事不能派给这位工作人员，请另选一位。"), about="handler")
    if not _still_hers(by, place):
        raise not_yours()
    go(ticket, TicketMove.ASSIGN, worn, by=by, now=now, handler=handler, division=place)
    assert handler is not None  # noqa: S101 - the table asks for one
    ticket.commitments.live().update(who=handler)
    tell_staff(ticket, Letter.TICKET_FOR_YOU, [handler], now)
    return ticket


def _still_hers(by: User, place: Division) -> bool:
    """Whether who gives a ticket away has a post for that where it will lie as well."""
    return any(may_act(by=by, verb=verb, row=place) for verb in POSTS.values())


@transaction.atomic
def propose_refusal(*, ticket_id: int, reason: str, by: User, now: datetime) -> Ticket:
    """拟不受理: the desk thinks that it cannot be done here, and says why and whom to ask instead.

    The resident is told once the director, or the street, agrees. Twice changes nothing. Refuses
    NOT_ALLOWED, MOVE_REFUSED, REASON_NEEDED, SAME_PERSON.
    """
    ticket = lock_ticket(ticket_id)
    worn = hats(ticket, by)
    if ticket.state == TicketState.TO_REFUSE and Hat.INTAKE in worn:
        return ticket
    go(ticket, TicketMove.PROPOSE_REFUSAL, worn, by=by, now=now, reason=reason)
    tell_staff(ticket, Letter.TICKET_TO_DECIDE, above(ticket, now), now)
    return ticket


def refuse_proposer(ticket: Ticket, move: TicketMove, by: User) -> None:
    """Refuses TWO_PEOPLE where who decides proposed it herself."""
    proposed = ticket.transitions.filter(event=move).order_by("-pk").values_list("by_id", flat=True)
    if proposed.first() == by.pk:
        raise DomainError("TWO_PEOPLE", _("是您提出来的，要由另一位来定。"))


@transaction.atomic
def refuse_ticket(*, ticket_id: int, by: User, now: datetime) -> Ticket:
    """同意不受理: a second one agrees; who told it reads why, and has fifteen days to ask again.

    Twice changes nothing. Refuses NOT_ALLOWED, MOVE_REFUSED, TWO_PEOPLE, SAME_PERSON.
    """
    ticket = lock_ticket(ticket_id)
    worn = hats(ticket, by)
    if ticket.state == TicketState.REFUSED and worn & {Hat.SUPERVISOR, Hat.STREET}:
        return ticket
    if ticket.state == TicketState.TO_REFUSE:
        refuse_proposer(ticket, TicketMove.PROPOSE_REFUSAL, by)
    go(ticket, TicketMove.REFUSE, worn, by=by, now=now)
    tell_tellers(ticket, Letter.TICKET_REFUSED, now)
    return ticket


@transaction.atomic
def return_ticket(*, ticket_id: int, reason: str, by: User, now: datetime) -> Ticket:
    """退回受理: it is to be done after all. Refuses NOT_ALLOWED, MOVE_REFUSED, REASON_NEEDED, SAME_PERSON."""
    ticket = lock_ticket(ticket_id)
    go(ticket, TicketMove.RETURN, hats(ticket, by), by=by, now=now, reason=reason)
    tell_tellers(ticket, Letter.TICKET_ACCEPTED, now)
    return ticket
