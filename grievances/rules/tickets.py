"""The life of a ticket: states, moves, hats, and what is asked with each move; pure decisions.

docs/adr/0031-the-life-of-a-ticket.md says where this differs from what others do, and why.
"""

import json
import re
from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.moves import Machine, Need, Step

LONGEST_TITLE = 40
LONGEST_TEXT = 2000
LONGEST_PLACE = 100
LONGEST_WORDS = 500
MOST_NOTES = 50  # of the problem wall, keyed in together
HIGHEST = 2  # level 0: who has it; 1: the director; 2: the street


class Source(TextChoices):
    """Where a word came from."""

    WEB = "WEB", _("网上")
    COUNTER = "COUNTER", _("服务台")
    HOTLINE = "HOTLINE", _("电话")
    WALL = "WALL", _("问题墙")
    VISIT = "VISIT", _("入户走访")
    MEETING = "MEETING", _("说事会")
    API = "API", _("其他平台")


class Privacy(TextChoices):
    """Who learns who said it."""

    NAMED = "NAMED", _("实名：办事的人可以联系我")
    CONFIDENTIAL = "CONFIDENTIAL", _("保密：只有受理台知道我是谁")
    ANONYMOUS = "ANONYMOUS", _("匿名：谁也不知道我是谁")


class Kind(TextChoices):
    """What a category asks of a ticket.

    HAZARD: one of the reports that go first (六必报): wall-clock hours, never parked. EVENT: something
    for the lawful body, which keeps no link to any resident.
    """

    ORDINARY = "ORDINARY", _("一般")
    HAZARD = "HAZARD", _("隐患急件")
    EVENT = "EVENT", _("转交有关部门的情况")


class Adviser(TextChoices):
    """Who may be asked to look at a ticket as well."""

    JUDICIAL = "JUDICIAL", _("司法所")
    MEDIATION = "MEDIATION", _("人民调解")
    COUNSEL = "COUNSEL", _("心理服务")
    LAWYER = "LAWYER", _("律师日")


class TicketState(TextChoices):
    REGISTERED = "REGISTERED", _("已登记")
    ACCEPTED = "ACCEPTED", _("已受理")
    ASSIGNED = "ASSIGNED", _("已派给承办人")
    OBJECTED = "OBJECTED", _("承办人有异议")
    IN_PROGRESS = "IN_PROGRESS", _("办理中")
    COMMITTED = "COMMITTED", _("答应了日子，在办")
    WAITING_RESIDENT = "WAITING_RESIDENT", _("等居民补充")
    ANSWERED = "ANSWERED", _("已答复")
    DISPUTED = "DISPUTED", _("居民说没有解决")
    TO_REFUSE = "TO_REFUSE", _("拟不受理，待复核")
    REFUSED = "REFUSED", _("不能办，已说明")
    TO_PARK = "TO_PARK", _("拟暂缓，待街道同意")
    PARKED = "PARKED", _("暂缓")
    MERGED = "MERGED", _("已并单")
    CLOSED_CONFIRMED = "CLOSED_CONFIRMED", _("居民确认解决")
    CLOSED_UNVERIFIED = "CLOSED_UNVERIFIED", _("办结，居民没有评价")
    CLOSED_NO_REPLY = "CLOSED_NO_REPLY", _("没有等到补充，办结")
    CLOSED_EXPLAINED = "CLOSED_EXPLAINED", _("说明后办结")


class TicketMove(TextChoices):
    """What may happen to a ticket."""

    OPEN = "OPEN", _("登记")
    ACCEPT = "ACCEPT", _("受理")
    ASSIGN = "ASSIGN", _("派给承办人")
    OBJECT = "OBJECT", _("提出异议")
    UPHOLD_OBJECTION = "UPHOLD_OBJECTION", _("异议成立，重派")
    OVERRULE_OBJECTION = "OVERRULE_OBJECTION", _("异议不成立")
    START = "START", _("开始办理")
    ASK_RESIDENT = "ASK_RESIDENT", _("请居民补充")
    REPLY = "REPLY", _("补充说明")
    REFER = "REFER", _("请别处一起看")
    ADVISE = "ADVISE", _("别处的回音")
    COMMIT = "COMMIT", _("承诺")
    POSTPONE = "POSTPONE", _("改期")
    ANSWER = "ANSWER", _("答复")
    CONFIRM = "CONFIRM", _("说解决了")
    CONFIRM_PARTLY = "CONFIRM_PARTLY", _("说解决了一部分")
    DISPUTE = "DISPUTE", _("说没有解决")
    PROPOSE_REFUSAL = "PROPOSE_REFUSAL", _("拟不受理")
    REFUSE = "REFUSE", _("同意不受理")
    RETURN = "RETURN", _("退回，要受理")
    APPEAL = "APPEAL", _("要求复核")
    PROPOSE_PARKING = "PROPOSE_PARKING", _("拟暂缓")
    PARK = "PARK", _("同意暂缓")
    REFUSE_PARKING = "REFUSE_PARKING", _("不同意暂缓")
    RESUME = "RESUME", _("恢复办理")
    MERGE = "MERGE", _("并单")
    UNMERGE = "UNMERGE", _("撤销并单")
    PUT_ON_AGENDA = "PUT_ON_AGENDA", _("列入说事会议程")
    CLOSE_SILENT = "CLOSE_SILENT", _("期满办结")


class Hat(TextChoices):
    """In what capacity somebody acts on a ticket."""

    RESIDENT = "RESIDENT", _("反映人")
    INTAKE = "INTAKE", _("受理台")
    HANDLER = "HANDLER", _("承办人")
    SUPERVISOR = "SUPERVISOR", _("中心主任")
    STREET = "STREET", _("街道")
    MEETING = "MEETING", _("说事会")
    SYSTEM = "SYSTEM", _("系统")


S, M, H = TicketState, TicketMove, Hat
_RESIDENT, _INTAKE = frozenset({H.RESIDENT}), frozenset({H.INTAKE})
_HANDLER, _ABOVE = frozenset({H.HANDLER}), frozenset({H.SUPERVISOR, H.STREET})
_SYSTEM, _MEETING = frozenset({H.SYSTEM}), frozenset({H.MEETING})
_WORKERS = frozenset({H.INTAKE, H.HANDLER, H.SUPERVISOR})
_DESK = frozenset({H.INTAKE, H.SUPERVISOR})
# Who was asked by telephone or at the desk has staff write her word down, never who handled it.
ASKED = frozenset({H.RESIDENT, H.INTAKE})
WHOM = Need("handler", _("请选派给谁。"))
WHY_OBJECT = Need("reason", _("请写明为什么不该您办，主任会看到。"), least=2)
WHY_SO = Need("reason", _("请写明理由，承办人会看到。"), least=2)
WHAT_LACKS = Need("reason", _("请写明要居民补充什么，居民会看到。"), least=2)
WHAT_MORE = Need("reason", _("请写上补充的情况。"), least=2)
WHAT_WAS_DONE = Need("reason", _("请写明办了什么、结果怎样，居民会看到。"), least=2)
WHAT_TO_ASK = Need("reason", _("请写明要请他们看什么。"), least=2)
WHAT_THEY_SAID = Need("reason", _("请写明他们怎么说。"), least=2)
WHAT_IS_PROMISED = Need("reason", _("请写明答应办成什么，大家都会看到。"), least=2)
WHY_LATER = Need("reason", _("请写明为什么要改期，居民会看到。"), least=2)
WHAT_IS_LEFT = Need("reason", _("请写一句还差什么，我们接着办。"), least=2)
WHAT_IS_WRONG = Need("reason", _("请写一句哪里没有解决，我们接着办。"), least=2)
WHY_NOT = Need("reason", _("请写明为什么不能办、可以找谁，居民会看到。"), least=2)
WHY_RETURN = Need("reason", _("请写明为什么要受理，受理台会看到。"), least=2)
WHY_AGAIN = Need("reason", _("请写一句为什么还是应该办。"), least=2)
WHY_PARK = Need("reason", _("请写明为什么现在办不了，居民会看到。"), least=2)
WHEN_AGAIN = Need("review_on", _("请选一个再看的日子。"))
WHY_NOT_PARK = Need("reason", _("请写明为什么不能暂缓，承办人会看到。"), least=2)
SAME_AS = Need("merged_into", _("请写明并到哪一张单。"))
WHAT_TO_DISCUSS = Need("reason", _("请用一句话写明要议什么，大家都会看到。"), least=2)

# Somebody else looks at it as well: it stays where it is, and an answer may come late.
_REFERRALS: dict[tuple[TicketState, TicketMove], Step[TicketState, Hat]] = {
    **{
        (state, M.REFER): Step(state, _WORKERS, (WHAT_TO_ASK,))
        for state in (S.ACCEPTED, S.ASSIGNED, S.IN_PROGRESS, S.COMMITTED)
    },
    **{
        (state, M.ADVISE): Step(state, _WORKERS, (WHAT_THEY_SAID,))
        for state in (
            S.ACCEPTED,
            S.ASSIGNED,
            S.IN_PROGRESS,
            S.COMMITTED,
            S.WAITING_RESIDENT,
            S.ANSWERED,
            S.PARKED,
        )
    },
}
# To be spoken of at a meeting is no pause: it stays where it is, and its clocks go on.
_MEETINGS: dict[tuple[TicketState, TicketMove], Step[TicketState, Hat]] = {
    (state, M.PUT_ON_AGENDA): Step(state, _WORKERS | _ABOVE, (WHAT_TO_DISCUSS,))
    for state in (S.ACCEPTED, S.ASSIGNED, S.IN_PROGRESS, S.DISPUTED)
}
TICKETS = Machine(
    noun="ticket",
    states=TicketState,
    moves=TicketMove,
    hats=Hat,
    begins=frozenset({S.REGISTERED}),
    table={
        (S.REGISTERED, M.ACCEPT): Step(S.ACCEPTED, _INTAKE | _MEETING),
        (S.REGISTERED, M.PROPOSE_REFUSAL): Step(S.TO_REFUSE, _INTAKE, (WHY_NOT,)),
        (S.REGISTERED, M.MERGE): Step(S.MERGED, _INTAKE, (SAME_AS,)),
        (S.ACCEPTED, M.ASSIGN): Step(S.ASSIGNED, _DESK | _MEETING, (WHOM,)),
        # Promised, or answered, on the spot.
        (S.ACCEPTED, M.COMMIT): Step(S.COMMITTED, _MEETING, (WHAT_IS_PROMISED,)),
        (S.ACCEPTED, M.ANSWER): Step(S.ANSWERED, _MEETING, (WHAT_WAS_DONE,)),
        (S.ACCEPTED, M.PROPOSE_REFUSAL): Step(S.TO_REFUSE, _INTAKE, (WHY_NOT,)),
        (S.ACCEPTED, M.MERGE): Step(S.MERGED, _INTAKE, (SAME_AS,)),
        # Another hand, for holidays and illness; no clock starts anew.
        (S.ASSIGNED, M.ASSIGN): Step(S.ASSIGNED, _DESK | _MEETING, (WHOM,)),
        (S.ASSIGNED, M.COMMIT): Step(S.COMMITTED, _MEETING, (WHAT_IS_PROMISED,)),
        (S.ASSIGNED, M.ANSWER): Step(S.ANSWERED, _MEETING, (WHAT_WAS_DONE,)),
        (S.ASSIGNED, M.START): Step(S.IN_PROGRESS, _HANDLER),
        (S.ASSIGNED, M.OBJECT): Step(S.OBJECTED, _HANDLER, (WHY_OBJECT,)),
        (S.ASSIGNED, M.MERGE): Step(S.MERGED, _INTAKE, (SAME_AS,)),
        (S.OBJECTED, M.UPHOLD_OBJECTION): Step(S.ACCEPTED, _ABOVE, (WHY_SO,)),
        (S.OBJECTED, M.OVERRULE_OBJECTION): Step(S.ASSIGNED, _ABOVE, (WHY_SO,)),
        (S.IN_PROGRESS, M.ANSWER): Step(S.ANSWERED, _HANDLER | _MEETING, (WHAT_WAS_DONE,)),
        (S.IN_PROGRESS, M.ASK_RESIDENT): Step(S.WAITING_RESIDENT, _HANDLER, (WHAT_LACKS,)),
        (S.IN_PROGRESS, M.COMMIT): Step(S.COMMITTED, _HANDLER | _ABOVE | _MEETING, (WHAT_IS_PROMISED,)),
        (S.IN_PROGRESS, M.ASSIGN): Step(S.ASSIGNED, _DESK | _MEETING, (WHOM,)),
        (S.IN_PROGRESS, M.PROPOSE_PARKING): Step(
            S.TO_PARK, frozenset({H.SUPERVISOR}), (WHY_PARK, WHEN_AGAIN)
        ),
        (S.IN_PROGRESS, M.MERGE): Step(S.MERGED, _INTAKE, (SAME_AS,)),
        # What was promised stays promised, whoever has it.
        (S.COMMITTED, M.ANSWER): Step(S.ANSWERED, _HANDLER, (WHAT_WAS_DONE,)),
        (S.COMMITTED, M.POSTPONE): Step(S.COMMITTED, _ABOVE, (WHY_LATER,)),
        (S.COMMITTED, M.ASSIGN): Step(S.COMMITTED, _DESK, (WHOM,)),
        (S.COMMITTED, M.DISPUTE): Step(S.DISPUTED, ASKED | _MEETING, (WHAT_IS_WRONG,)),
        (S.WAITING_RESIDENT, M.REPLY): Step(S.IN_PROGRESS, ASKED, (WHAT_MORE,)),
        (S.WAITING_RESIDENT, M.CLOSE_SILENT): Step(S.CLOSED_NO_REPLY, _SYSTEM),
        (S.ANSWERED, M.CONFIRM): Step(S.CLOSED_CONFIRMED, ASKED | _MEETING),
        (S.ANSWERED, M.CONFIRM_PARTLY): Step(S.IN_PROGRESS, ASKED | _MEETING, (WHAT_IS_LEFT,)),
        (S.ANSWERED, M.DISPUTE): Step(S.DISPUTED, ASKED | _MEETING, (WHAT_IS_WRONG,)),
        (S.ANSWERED, M.CLOSE_SILENT): Step(S.CLOSED_UNVERIFIED, _SYSTEM),
        (S.DISPUTED, M.ASSIGN): Step(S.ASSIGNED, _ABOVE, (WHOM,)),
        (S.DISPUTED, M.COMMIT): Step(S.COMMITTED, _MEETING, (WHAT_IS_PROMISED,)),
        # Refusing takes two: who proposes it, and who stands above.
        (S.TO_REFUSE, M.REFUSE): Step(S.REFUSED, _ABOVE),
        (S.TO_REFUSE, M.RETURN): Step(S.ACCEPTED, _ABOVE, (WHY_RETURN,)),
        (S.REFUSED, M.APPEAL): Step(S.ACCEPTED, ASKED, (WHY_AGAIN,)),
        (S.REFUSED, M.CLOSE_SILENT): Step(S.CLOSED_EXPLAINED, _SYSTEM),
        (S.TO_PARK, M.PARK): Step(S.PARKED, frozenset({H.STREET})),
        (S.TO_PARK, M.REFUSE_PARKING): Step(S.IN_PROGRESS, frozenset({H.STREET}), (WHY_NOT_PARK,)),
        (S.PARKED, M.RESUME): Step(S.IN_PROGRESS, frozenset({H.SUPERVISOR, H.STREET, H.SYSTEM})),
        # What it was merged into may be another matter after all: looked at anew.
        (S.MERGED, M.UNMERGE): Step(S.ACCEPTED, _INTAKE),
        # 30 days to come back, whichever way it was closed.
        (S.CLOSED_CONFIRMED, M.DISPUTE): Step(S.DISPUTED, ASKED | _MEETING, (WHAT_IS_WRONG,)),
        (S.CLOSED_UNVERIFIED, M.DISPUTE): Step(S.DISPUTED, ASKED | _MEETING, (WHAT_IS_WRONG,)),
        (S.CLOSED_NO_REPLY, M.DISPUTE): Step(S.DISPUTED, ASKED, (WHAT_IS_WRONG,)),
        (S.CLOSED_EXPLAINED, M.DISPUTE): Step(S.DISPUTED, ASKED, (WHAT_IS_WRONG,)),
        **_REFERRALS,
        **_MEETINGS,
    },
)
CLOSED = (S.CLOSED_CONFIRMED, S.CLOSED_UNVERIFIED, S.CLOSED_NO_REPLY, S.CLOSED_EXPLAINED)
OPEN = tuple(state for state in TicketState if state not in {*CLOSED, S.MERGED})
# What waits at the desk, and what for who stands above; what waits for the street alone is TO_PARK.
AT_INTAKE = (S.REGISTERED, S.ACCEPTED)
# In somebody's hands, and the desk may give it to another.
GIVEN_ON = tuple(
    state
    for (state, move), step in TICKETS.table.items()
    if move == M.ASSIGN and H.INTAKE in step.who and state not in AT_INTAKE
)
FOR_ABOVE = (S.OBJECTED, S.TO_REFUSE, S.DISPUTED)
# Somebody has it in hand, by name.
IN_HAND = (
    S.ASSIGNED,
    S.OBJECTED,
    S.IN_PROGRESS,
    S.COMMITTED,
    S.WAITING_RESIDENT,
    S.ANSWERED,
    S.TO_PARK,
    S.PARKED,
)
# What the resident reads of the history, with its words; the rest is between those who work on it.
TOLD = (
    M.OPEN,
    M.ACCEPT,
    M.START,
    M.ASK_RESIDENT,
    M.REPLY,
    M.COMMIT,
    M.POSTPONE,
    M.ANSWER,
    M.CONFIRM,
    M.CONFIRM_PARTLY,
    M.DISPUTE,
    M.REFUSE,
    M.APPEAL,
    M.PARK,
    M.RESUME,
    M.MERGE,
    M.UNMERGE,
    M.PUT_ON_AGENDA,
    M.CLOSE_SILENT,
)
# Who agrees adds no words: the resident reads why it was proposed.
PROPOSED = {M.REFUSE: M.PROPOSE_REFUSAL, M.PARK: M.PROPOSE_PARKING}
# Who told it says that it is to be done once more: the time for it begins anew.
AGAIN = (M.DISPUTE, M.APPEAL)
# What she says of an answer.
VERDICTS = (M.CONFIRM, M.CONFIRM_PARTLY, M.DISPUTE)
# Words of who told it, or to her: whoever told the same and was merged reads that it was said, not what.
BETWEEN_US = frozenset(
    {M.ASK_RESIDENT, *(move for (_s, move), step in TICKETS.table.items() if H.RESIDENT in step.who)}
)


def says_something(title: str) -> bool:
    """Whether a title has two letters or digits at least: signs and what nobody sees are none."""
    return sum(letter.isalnum() for letter in title) >= 2


def reference_of(pk: int) -> str:
    """What people say on the phone: "T000123"."""
    return f"T{pk:06d}"


def number_of(reference: str) -> int | None:
    """The ticket's number in a reference, whatever was typed around it; None if there is none."""
    digits = re.sub(r"\D", "", reference)
    return int(digits) if digits and len(digits) < 19 else None


def content_of(content: Mapping[str, object]) -> str:
    """What was told as one text, to tell a key that comes twice with the same from one with another.

    What is kept of it is a keyed hash: a plain one would confirm a number to whoever tries them all.
    """
    return json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)


def pairs_of(text: str) -> list[str]:
    """The pairs of neighbouring letters of a text, by which two short Chinese sentences are likened.

    Letters, digits and Chinese characters only; trigrams of short sentences share next to nothing.
    """
    runs = re.findall(r"\w+", text.casefold().replace("_", " "))
    return sorted({run[n : n + 2] for run in runs for n in range(max(1, len(run) - 1))})
