"""Tickets that somebody told whose every mark can be found again, brought through their whole life.

Each way of telling is one `Word`: by name, in confidence, by nobody; on the web, at the desk, by
telephone; merged with what a neighbour told. Whoever works on them, and whoever only looks on, is one
of the `roles`. Numbers of rows are long here, so that they stand for nothing else on a page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from centers.models import Division
from common.masking import mask_phone
from grievances.actions.agenda import put_on_agenda
from grievances.actions.handling import (
    answer_ticket,
    ask_resident,
    decide_objection,
    object_ticket,
    start_ticket,
)
from grievances.actions.meetings import close_meeting, open_meeting
from grievances.actions.merging import merge_ticket
from grievances.actions.minutes import publish_minutes
from grievances.actions.referrals import answer_referral, refer_ticket
from grievances.actions.ringing import ring_teller
from grievances.actions.tickets import accept_ticket, assign_ticket, open_ticket
from grievances.actions.verdicts import dispute_ticket, follow_ticket, reply_ticket
from grievances.models.meetings import Meeting
from grievances.models.tickets import Ticket
from grievances.rules.meetings import Wait
from grievances.rules.tickets import Adviser, Privacy, Source
from notices.actions import deliver_due
from people.models import Person, User
from people.rules import Role
from tests.cast import Cast
from tests.factories import grievances, people
from tests.owner import as_owner

NAMED, CONFIDENTIAL, ANONYMOUS = Privacy.NAMED, Privacy.CONFIDENTIAL, Privacy.ANONYMOUS
WEB, DESK, PHONE = Source.WEB, Source.COUNTER, Source.HOTLINE
FIRST_PERSON, FIRST_ACCOUNT, FIRST_TICKET = 771100, 882200, 663300
# Who told it how, and what she is called: names that nobody else has, spelt as nothing else is. The last
# is merged into what a neighbour told by her name; with each of the others something of hers is merged.
Told = tuple[Privacy, Source, str]
TOLD: list[Told] = [
    (NAMED, WEB, "欧阳霁月"),
    (NAMED, DESK, "慕容映雪"),
    (CONFIDENTIAL, WEB, "上官婉凝"),
    (CONFIDENTIAL, DESK, "诸葛若兰"),
    (CONFIDENTIAL, PHONE, "司徒静姝"),
    (ANONYMOUS, WEB, "尉迟采薇"),
    (ANONYMOUS, DESK, "令狐初夏"),
    (CONFIDENTIAL, WEB, "皇甫青黛"),
]
MERGED = len(TOLD) - 1


Seen = Callable[["Stage", "Word"], None]


@dataclass
class Word:
    """One ticket, who told it, and by what each may be known again."""

    privacy: Privacy
    source: Source
    name: str
    number: int
    person: Person | None = None
    phone: str = ""
    code: str = ""
    ticket: Ticket = field(default_factory=Ticket)
    heard: Ticket = field(default_factory=Ticket)  # what the neighbour told
    hers: list[bytes] = field(default_factory=list)
    its: list[bytes] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.privacy} {self.source} {self.name}"

    @property
    def by_herself(self) -> dict[str, Any]:
        """As whom she speaks of her own ticket: with her account, with the code that she holds."""
        account = self.person.user if self.person and self.privacy != ANONYMOUS else None
        return {"by": account, "code": "" if account else self.code}


def marks(*words: object) -> list[bytes]:
    """How each of these may be written in an answer, in small letters: as it is, in JSON, in an address."""
    plain = [str(word).lower() for word in words if word]
    escaped = [word.encode("unicode_escape") for word in plain]
    return [
        *dict.fromkeys(
            [*(word.encode() for word in plain), *escaped, *(quote(word).lower().encode() for word in plain)]
        )
    ]


class Stage:
    """All of them, and everybody who might learn something."""

    meeting: Meeting

    def __init__(self, cast: Cast, now: datetime, told: Sequence[Told], seen: Seen | None) -> None:
        # A place of its own, as what is asked for besides has meetings already.
        home = Division.objects.create(kind="COMMUNITY", name="丁香社区", parent=cast.city["street"])
        cast = replace(cast, city={**cast.city, "community": home})
        self.cast, self.now, self.seen = cast, now, seen or (lambda _stage, _word: None)
        self.desk = cast.worker
        self.hand = people.staff("承办甲", Role.GRID_WORKER, home)
        self.before = people.staff("承办乙", Role.GRID_WORKER, home)
        self.head = people.staff("主任", Role.DIRECTOR, home)
        self.secretary = people.staff("秘书", Role.MEETING_SECRETARY, home)
        self.follower = people.resident("跟进的人", home)
        self.neighbour = people.resident("邻居", home)
        self.body = grievances.body(cast)
        member = self.body.members.order_by("pk")[1].person.user
        self.roles: dict[str, User | None] = {
            "worker": cast.worker,
            "director": self.head,
            "admin": cast.admin,
            "handler": self.hand,
            "handler before": self.before,
            "officer": cast.officer,
            "auditor": people.staff("审计", Role.AUDITOR, cast.city["street"]),
            "worker elsewhere": cast.other_worker,
            "secretary": self.secretary,
            "member": member,
            "neighbour": self.neighbour.user,
            "follower": self.follower.user,
            "resident": cast.stranger.user,
            "nobody": None,
        }
        with as_owner() as cursor:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('grievances_ticket', 'id'), %s)", [FIRST_TICKET]
            )
        self.words = [self._told(TOLD.index(one), *one) for one in told]

    def _told(self, number: int, privacy: Privacy, source: Source, name: str) -> Word:
        """She lives where a colleague of the desk works who is not of the ticket's place, but for those
        who came to the desk themselves."""
        word = Word(privacy, source, name, number)
        told = {
            "title": f"丁香径{number}号棚漏雨",
            "text": f"棚{number}从谷雨漏到现在",
            "place": f"丁香径{number}号棚",
        }
        city = self.cast.city
        home = city["other_community"] if source == WEB else city["community"]
        word.phone = f"1361234{5600 + number}"
        account = people.user(name, id=FIRST_ACCOUNT + number) if source == WEB else None
        if source == PHONE:
            contact = {"contact_name": name, "contact_phone": word.phone}
            told_as = grievances.word(city["community"], privacy=privacy, **told, **contact)
        else:
            word.person = people.person(name, account, home, id=FIRST_PERSON + number, phone=word.phone)
            told_as = grievances.word(city["community"], word.person, privacy=privacy, **told)
        opened = open_ticket(word=told_as, source=source, by=account or self.desk, now=self.now)
        word.ticket, word.code = opened.ticket, opened.code
        if word.person:
            account_marks = [account.pk, account.phone] if account else []
            word.hers = marks(
                name, word.person.pk, word.person.pinyin, word.person.pinyin.replace(" ", ""), *account_marks
            )
        else:
            word.hers = marks(name)
        word.hers += marks(word.phone, mask_phone(word.phone))
        word.its = marks(word.ticket.pk, word.ticket.reference, *told.values(), public_of(word))
        return word


def public_of(word: Word) -> str:
    """What the wall shows of it."""
    return f"丁香径雨棚之{'甲乙丙丁戊己庚辛'[word.number]}"


def lived(cast: Cast, now: datetime, told: Sequence[Told] = TOLD, seen: Seen | None = None) -> Stage:
    """Every one of them through its life, to the answer after it was not solved once; `seen` after each step."""
    stage = Stage(cast, now, told, seen)
    meeting = stage.meeting = grievances.called(stage.cast, now, stage.secretary, stage.body)
    for word in stage.words:
        _to_the_agenda(stage, word, meeting)
    _met(stage, meeting)
    for word in stage.words:
        _to_the_end(stage, word)
    deliver_due(now=stage.now)
    for word in stage.words:
        word.ticket.refresh_from_db()
    return stage


def _to_the_agenda(stage: Stage, word: Word, meeting: Meeting) -> None:
    """Accepted and on the wall, followed, given, refused by the first and given to the second, asked about."""
    grievances.pictured(word.ticket, word.by_herself["by"] or stage.desk, stage.now)
    asked = [
        (ask_resident, {"by": stage.hand, "reason": "哪一处"}),
        (reply_ticket, {"reason": f"靠里那处{word.number}", **_speaking(stage, word)}),
    ]
    rung = [(ring_teller, {"by": stage.desk})] if word.privacy != ANONYMOUS else []
    words = {"meeting_id": meeting.pk, "reason": public_of(word), "agreed": True}
    _through(
        stage,
        word,
        [
            (accept_ticket, {"by": stage.desk, "public_text": public_of(word)}),
            (follow_ticket, {"by": stage.follower.user, "person_id": stage.follower.pk}),
            (assign_ticket, {"by": stage.desk, "handler_id": stage.before.pk}),
            (object_ticket, {"by": stage.before, "reason": "不归我管"}),
            (decide_objection, {"by": stage.head, "upheld": True, "reason": "换一位"}),
            (assign_ticket, {"by": stage.desk, "handler_id": stage.hand.pk}),
            (start_ticket, {"by": stage.hand}),
            (refer_ticket, {"by": stage.desk, "adviser": Adviser.LAWYER, "reason": "谁来修"}),
            (answer_referral, {"by": stage.desk, "adviser": Adviser.LAWYER, "reason": "物业修"}),
            *asked,
            *rung,
            (put_on_agenda, {"by": stage.hand, **words}),
        ],
    )


def _through(stage: Stage, word: Word, steps: Sequence[tuple[Callable[..., Any], dict[str, Any]]]) -> None:
    for verb, given in steps:
        verb(ticket_id=word.ticket.pk, now=stage.now, **given)
        stage.seen(stage, word)


def _speaking(stage: Stage, word: Word) -> dict[str, Any]:
    """Herself, or the desk that rang her."""
    speaks = word.by_herself
    return speaks if speaks["by"] or speaks["code"] else {"by": stage.desk}


def _met(stage: Stage, meeting: Meeting) -> None:
    """Spoken of at the meeting, voted on, promised for a day; the minutes are published."""
    by, stage.now = stage.secretary, stage.now + timedelta(days=3)
    open_meeting(meeting_id=meeting.pk, by=by, now=stage.now)
    members = list(stage.body.members.values_list("pk", flat=True))
    grievances.said(meeting, "PRESENT", by, stage.now, members=members, guests=2)
    voices = {"question": "", "secret": False, "yes": 2, "no": 0, "abstained": 0}
    for item in meeting.items.filter(ticket__isnull=False, commitment=None):
        promised = {"handler_id": stage.hand.pk, "wait": Wait.WEEK, "words": ""}
        grievances.said(meeting, "VOTE", by, stage.now, item, **voices)
        grievances.said(meeting, "PROMISE", by, stage.now, item, **promised)
    close_meeting(meeting_id=meeting.pk, by=by, now=stage.now)
    stage.now += timedelta(days=4)
    publish_minutes(meeting_id=meeting.pk, by=by, now=stage.now)


def _to_the_end(stage: Stage, word: Word) -> None:
    """Said to be kept, not solved, given again from above; joined to what a neighbour told, and answered."""
    _through(
        stage,
        word,
        [
            (answer_ticket, {"by": stage.hand, "reason": "补好了", "evidence": "补好了"}),
            (dispute_ticket, {"reason": f"靠里那处{word.number}还漏", **_speaking(stage, word)}),
            (assign_ticket, {"by": stage.head, "handler_id": stage.hand.pk}),
            (start_ticket, {"by": stage.hand}),
        ],
    )
    cast, now = stage.cast, stage.now
    word.heard = grievances.told(cast, now, stage.neighbour, title=f"邻居说的棚{word.number}")
    into, of = word.ticket, word.heard
    if word.number == MERGED:
        into, of = of, into
        grievances.brought_to("IN_PROGRESS", into, cast=cast, by=stage.hand, now=now)
    merge_ticket(ticket_id=of.pk, into_id=into.pk, by=stage.desk, now=now)
    stage.seen(stage, word)
    answer_ticket(ticket_id=into.pk, now=now, by=stage.hand, reason="里外都补好了")
