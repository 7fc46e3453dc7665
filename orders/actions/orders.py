"""Verbs of an order before anybody has it: request, accept, refuse, cancel, escalate; projects."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from centers.models import CalendarDay, Division
from common.errors import DomainError, NotAllowed
from common.letters import when
from orders.actions.letters import tell
from orders.actions.payment import set_aside
from orders.actions.steps import (
    close_offer,
    go,
    hats,
    lock_order,
    lock_order_and_card,
    need_reason,
    pending_offer,
    write_event,
)
from orders.models.orders import ServiceItem, ServiceOrder
from orders.rules.letters import Letter
from orders.rules.orders import (
    LONGEST_REASON,
    WHY_CANCELLED,
    OfferAnswer,
    OrderKind,
    OrderMove,
    OrderParty,
    OrderState,
    answer_due,
    tells_who,
)
from people.actions.accounts import register
from people.authority import may_act
from people.models import Guardianship, Membership, Person, User, acts_for
from people.rules import Role

LONGEST_TITLE = 40


class OrderRefused(DomainError):
    code = "ORDER_REFUSED"


def _whom(for_person_id: int, by: User) -> tuple[Person, OrderParty]:
    """For whom `by` may order, and in what capacity."""
    person = Person.objects.select_related("home").filter(pk=for_person_id, merged_into=None).first()
    if person is not None and acts_for(by).filter(pk=person.pk).exists():
        party = OrderParty.REQUESTER
    elif (
        person is not None
        and person.home is not None
        and may_act(by=by, verb="orders.dispatch", person=person)
    ):
        party = OrderParty.STAFF
    else:
        raise NotAllowed(message=_("您不能替这位居民下单，请先到服务台登记代办关系。"))
    if person.home is None:
        raise DomainError("NO_HOME", _("请先填上所在社区，我们才知道派给谁。"))
    return person, party


def _requester(requester_id: int | None, person: Person, party: OrderParty, by: User) -> Person:
    """Who asks: herself, the account's own person, or at the desk the agent she named."""
    if party == OrderParty.REQUESTER:
        return Person.objects.filter(user=by, merged_into=None).first() or person
    if requester_id is None or requester_id == person.pk:
        return person
    tie = Guardianship.objects.filter(guardian=requester_id, ward=person, until=None).select_related(
        "guardian"
    )
    found = tie.first()
    if found is None:
        raise NotAllowed(message=_("这位不是她的代办人，请先在服务台登记代办关系。"))
    return found.guardian


def _item(item_id: int | None, kind: OrderKind, person: Person) -> ServiceItem | None:
    if kind != OrderKind.SERVICE:
        return None
    item = ServiceItem.objects.filter(pk=item_id or 0, active=True).select_related("division").first()
    if item is None:
        raise DomainError("NO_SUCH_ITEM", _("这个服务项目已经不在菜单上，请另选一个。"))
    if person.home is None or not item.division.contains(person.home):
        words = {"place": item.division}
        raise DomainError("OUT_OF_AREA", _("这个项目只给%(place)s的居民办，请选别的项目。") % words)
    return item


def _check_words(kind: OrderKind, title: str, wanted_on: date | None, now: datetime) -> None:
    if kind not in {OrderKind.SERVICE, OrderKind.WISH, OrderKind.ERRAND}:
        raise OrderRefused(message=_("这类服务不在这里下单，请到服务台办理。"))
    if kind != OrderKind.SERVICE and len(title.strip()) < 2:
        raise DomainError("TITLE_NEEDED", _("请用几个字写明要办什么。"), about="title")
    if wanted_on is not None and wanted_on < timezone.localtime(now).date():
        raise DomainError("PAST_DAY", _("希望的日子已经过去，请换一天。"), about="wanted_on")


@transaction.atomic
def request_order(
    *,
    kind: OrderKind,
    for_person_id: int,
    by: User,
    now: datetime,
    item_id: int | None = None,
    title: str = "",
    text: str = "",
    place: str = "",
    wanted_on: date | None = None,
    wanted_words: str = "",
    requester_id: int | None = None,
    key: str = "",
) -> ServiceOrder:
    """下单: asks for a service of the menu (SERVICE), a small wish (WISH) or an errand (ERRAND).

    For oneself and for whom one acts; staff for the residents of their reach, naming the agent
    (`requester_id`) who came. The answer is due within four working hours (9-12, 14-18), a day
    where the year's holidays are not loaded; 志愿服务条例 art. 13. `wanted_on` is a Shanghai date.
    What the menu asks points for sets points of `for_person` aside until it is over. The same `key`
    again gives back the first order.

    Refuses NOT_ALLOWED, NO_HOME, NO_SUCH_ITEM, OUT_OF_AREA, TITLE_NEEDED, PAST_DAY, ALREADY_ASKED
    (the same item for the same day is still open), KEY_REUSED, OVERSPEND, IN_DEBT, NOT_OLD_ENOUGH
    (where the policy sets an age), and ORDER_REFUSED for other kinds.
    """
    person, party = _whom(for_person_id, by)
    if key and (first := ServiceOrder.objects.filter(key=key).first()):
        return _first(first, person, kind)
    _check_words(kind, title, wanted_on, now)
    item = _item(item_id, kind, person)
    assert person.home is not None  # noqa: S101 - _whom saw to it
    order = ServiceOrder(
        kind=kind,
        item=item,
        requester=_requester(requester_id, person, party, by),
        for_person=person,
        title=item.name if item else title.strip()[:LONGEST_TITLE],
        text=text.strip()[:500],
        place=place.strip()[:100],
        division=person.home,
        wanted_on=wanted_on,
        wanted_words=wanted_words.strip()[:60],
        points=item.points if item else 0,
        key=key,
        requested_at=now,
        answer_due_at=answer_due(now, CalendarDay.objects.workdays()),
    )
    try:
        with transaction.atomic():
            order.save(force_insert=True)
    except IntegrityError as error:
        return _twice(error, order)
    set_aside(order, by, now)
    write_event(order, OrderMove.REQUEST, "", party=party, by=by, now=now)
    tell(order, Letter.ORDER_RECEIVED, person, now, until=when(order.answer_due_at))
    return order


def _first(first: ServiceOrder, person: Person, kind: OrderKind) -> ServiceOrder:
    if (first.for_person_id, first.kind) != (person.pk, kind):
        raise DomainError("KEY_REUSED", _("这个页面已经用过一次，请回到菜单重新下单。"))
    return first


def _twice(error: IntegrityError, order: ServiceOrder) -> ServiceOrder:
    """What to say of an order that the database has already: the same button, or the same wish."""
    if "order_key_once" in str(error) and order.for_person is not None:
        found = ServiceOrder.objects.get(key=order.key)
        return _first(found, order.for_person, OrderKind(order.kind))
    if "order_once_a_day" in str(error):
        raise DomainError("ALREADY_ASKED", _("这一天的这项服务已经下过单，还没有办完，不用再下。")) from None
    raise error


@transaction.atomic
def post_project(
    *,
    division_id: int,
    title: str,
    public_text: str,
    by: User,
    now: datetime,
    wanted_words: str = "",
    key: str = "",
) -> ServiceOrder:
    """发布项目: staff put something the community needs on the public list, for units and teams.

    Nobody has to answer it: it stands there until it is adopted or cancelled. The same `key` again
    gives back the first. Refuses NOT_ALLOWED and TITLE_NEEDED.
    """
    division = Division.objects.filter(pk=division_id).first()
    if division is None or not may_act(by=by, verb="orders.dispatch", row=division):
        raise NotAllowed(message=_("这个地方不在您负责的范围内。"))
    if len(title.strip()) < 2 or len(public_text.strip()) < 2:
        raise DomainError("TITLE_NEEDED", _("请写明项目的名称和要做的事，共建单位会看到。"))
    if key and (first := ServiceOrder.objects.filter(key=key, kind=OrderKind.PROJECT).first()):
        return first
    order = ServiceOrder.objects.create(
        kind=OrderKind.PROJECT,
        title=title.strip()[:LONGEST_TITLE],
        public_text=public_text.strip()[:200],
        division=division,
        wanted_words=wanted_words.strip()[:60],
        state=OrderState.ACCEPTED_FOR_DISPATCH,
        key=key,
        requested_at=now,
        answer_due_at=now,
        answered_at=now,
    )
    write_event(order, OrderMove.REQUEST, "", party=OrderParty.STAFF, by=by, now=now)
    return order


@transaction.atomic
def sign_agreement(
    *, order_id: int, agreement_no: str, agreement_until: date, by: User, now: datetime
) -> ServiceOrder:
    """登记协议: the paper behind an adopted project: its number and its last day.

    Twice changes nothing. Refuses NOT_ALLOWED, AGREEMENT_REFUSED (no project, nobody has it, no
    number, a day already past).
    """
    order = lock_order(order_id)
    if OrderParty.STAFF not in hats(by, order):
        raise NotAllowed(message=_("协议由工作人员登记，请联系服务台。"))
    if order.kind != OrderKind.PROJECT or order.state != OrderState.TAKEN:
        raise DomainError("AGREEMENT_REFUSED", _("只有已经被认领的项目才登记协议。"))
    if not agreement_no.strip() or agreement_until < timezone.localtime(now).date():
        raise DomainError("AGREEMENT_REFUSED", _("请写上协议编号，和今天以后的到期日。"))
    order.agreement_no, order.agreement_until = agreement_no.strip()[:40], agreement_until
    order.save(update_fields=["agreement_no", "agreement_until"])
    return order


@transaction.atomic
def accept_order(*, order_id: int, by: User, now: datetime, public_text: str = "") -> ServiceOrder:
    """受理: staff say that it will be seen to; the clock stops.

    A wish needs `public_text`, what the wall shows: no name, no number (志愿服务条例 art. 20).
    Twice changes nothing. Refuses NOT_ALLOWED, MOVE_REFUSED, PUBLIC_TEXT_NEEDED, NOT_ANONYMOUS.
    """
    order = lock_order(order_id)
    worn = hats(by, order)
    if order.state == OrderState.ACCEPTED_FOR_DISPATCH and OrderParty.STAFF in worn:
        return order
    text = public_text.strip()[:200] or order.public_text
    if order.kind == OrderKind.WISH and order.state == OrderState.REQUESTED:
        _check_public(order, text)
    go(order, OrderMove.ACCEPT, worn, by=by, now=now, answered_at=now, public_text=text)
    return order


def _check_public(order: ServiceOrder, text: str) -> None:
    if not text:
        raise DomainError(
            "PUBLIC_TEXT_NEEDED", _("请写一句上心愿墙的话，不写姓名、电话和住址。"), about="public_text"
        )
    names = [person.full_name for person in (order.for_person, order.requester) if person]
    if tells_who(text, names):
        raise DomainError(
            "NOT_ANONYMOUS", _("上墙的话里有姓名或号码，请改成看不出是谁的说法。"), about="public_text"
        )


@transaction.atomic
def refuse_order(*, order_id: int, reason: str, by: User, now: datetime) -> ServiceOrder:
    """不受理: staff say that it cannot be done, and why; who asked is told.

    Twice changes nothing. Refuses NOT_ALLOWED, MOVE_REFUSED, REASON_NEEDED.
    """
    order = lock_order(order_id)
    worn = hats(by, order)
    if order.state == OrderState.REFUSED and OrderParty.STAFF in worn:
        return order
    why = reason.strip()[:LONGEST_REASON]
    go(order, OrderMove.REFUSE, worn, by=by, now=now, reason=why, answered_at=now)
    tell(order, Letter.ORDER_REFUSED, order.for_person, now, reason=why)
    return order


@transaction.atomic
def cancel_order(*, order_id: int, by: User, now: datetime, reason: str = "") -> ServiceOrder:
    """取消: who asked calls it off, until somebody says that it was done; staff with a reason.

    Whoever has it, or is asked to take it, is told; a use of a card goes back on it. Twice changes nothing. Refuses NOT_ALLOWED,
    MOVE_REFUSED, REASON_NEEDED (staff).
    """
    order = lock_order_and_card(order_id)
    worn = hats(by, order)
    if order.state == OrderState.CANCELLED:
        return order
    own = OrderParty.REQUESTER in worn
    why = reason.strip()
    if not own and OrderParty.STAFF in worn:
        why = need_reason(reason, WHY_CANCELLED)
    offer = pending_offer(order)
    helper = offer.taker_person if offer else order.taker_person
    cleared = {"done_at": None, "done_minutes": None, "done_by": None}
    party = go(order, OrderMove.CANCEL, worn, by=by, now=now, reason=why, **cleared)
    close_offer(order, OfferAnswer.WITHDRAWN, now)
    tell(order, Letter.ORDER_CANCELLED, helper, now, reason=why)
    if party == OrderParty.STAFF:
        tell(order, Letter.ORDER_CANCELLED, order.for_person, now, reason=why)
    return order


def escalate_orders(*, now: datetime) -> int:
    """上报超时: one pass: orders without an answer in time are marked, and the directors told, once.

    Each is its own transaction and is looked at again under its lock. Returns how many.
    """
    late = ServiceOrder.objects.overdue(now).filter(escalated_at=None)
    return sum(_escalate(pk, now) for pk in list(late.values_list("pk", flat=True)))


@transaction.atomic
def _escalate(order_id: int, now: datetime) -> bool:
    order = lock_order(order_id)
    if order.state != OrderState.REQUESTED or order.escalated_at or order.answer_due_at > now:
        return False
    order.escalated_at = now
    order.save(update_fields=["escalated_at"])
    above = order.division.with_above
    posts = Membership.objects.valid_on(timezone.localtime(now).date()).filter(
        role=Role.DIRECTOR, division__in=above, user__is_active=True
    )
    for account in User.objects.filter(pk__in=posts.values("user")).order_by("pk"):
        # Letters go to persons: an account that staff made may have none yet.
        director = register(user=account, full_name=str(account), now=now)
        tell(order, Letter.ORDER_LATE, director, now, until=when(order.answer_due_at))
    return True
