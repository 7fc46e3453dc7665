"""A grid handed over: another worker has the post and what the first one had in hand, in one act."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from centers.models import Division
from centers.rules import DivisionKind
from common.days import day_of
from common.errors import DomainError
from common.locks import lock_rows
from grievances.actions.tickets import assign_ticket
from grievances.models.tickets import Ticket
from grievances.rules.tickets import IN_HAND
from notices.actions import Draft, queue_all
from people.actions.accounts import register
from people.actions.staff import appoint, end_membership
from people.authority import may_act, refuse_own_accounts
from people.models import Membership, User
from people.rules import Role
from visits.actions.steps import not_yours
from visits.rules.letters import Letter


class HandedOver(NamedTuple):
    """What came of it: how many tickets went over, and how many could not and wait at the desk."""

    post: Membership
    moved: int
    left: int


@transaction.atomic
def hand_over_grid(
    *, grid_id: int, from_id: int, to_id: int, until: date | None, leaving: bool, by: User, now: datetime
) -> HandedOver:
    """交接网格: while somebody is away (`until`), or because she leaves, a colleague looks after her grid, its
    walk and its tickets; she is told. Care and homes are the grid's, and need no handing over.

    Twice changes nothing. A ticket that the colleague may not have (she or hers told it) stays where it is; of
    who leaves it waits at the desk. Refuses NOT_ALLOWED, NO_SUCH_POST (she has none in this grid), SAME_WORKER,
    SAME_PERSON, BAD_DATE (past, or a last day of who leaves for good), and what `appoint` refuses.
    """
    grid = Division.objects.filter(pk=grid_id, kind=DivisionKind.GRID).first()
    if grid is None or not may_act(by=by, verb="people.staff", row=grid):
        raise not_yours()
    today = day_of(now)
    posts = Membership.objects.valid_on(today).filter(division=grid, role=Role.GRID_WORKER)
    hers = posts.filter(user=from_id).first()
    other = User.objects.filter(pk=to_id, is_active=True, is_staff=True).exclude(phone=None).first()
    if hers is None and leaving and other is not None and _has_left(from_id, grid, today):
        hers = posts.filter(user=to_id).first()  # the same again: she has left already
        if hers is not None:
            return HandedOver(hers, 0, 0)
    if hers is None or other is None:
        raise DomainError(
            "NO_SUCH_POST", _("没有找到这位网格员，或者接手的同事，请刷新再选。"), about="from_id"
        )
    refuse_own_accounts(by, other)
    if from_id == to_id:
        raise DomainError("SAME_WORKER", _("请选另一位同事接手。"), about="to_id")
    if until is not None and (leaving or until < today):
        told = _("不再回来的不用写回来的日子；临时接手的，请写今天以后的日子。")
        raise DomainError("BAD_DATE", told, about="until")
    in_hand = Ticket.objects.filter(handler=from_id, division=grid, state__in=IN_HAND)
    lock_rows([in_hand])
    post = posts.filter(user=to_id).first()
    post = _prolonged(post, until) if post else _appointed(other, grid, until, by, now)
    moved, left = _passed_on(list(in_hand.order_by("pk")), other, by, now)
    for left_post in posts.filter(user=from_id).order_by("pk") if leaving else ():
        end_membership(membership_id=left_post.pk, by=by, now=now)
    _tell(other, grid, until, moved, now)
    return HandedOver(post, moved, left)


def _appointed(other: User, grid: Division, until: date | None, by: User, now: datetime) -> Membership:
    phone, role = other.phone or "", Role.GRID_WORKER
    post = appoint(phone=phone, name=other.name, division_id=grid.pk, role=role, by=by, now=now)
    if until is not None:
        post.until = until
        post.save(update_fields=["until"])
    return post


def _has_left(user_id: int, grid: Division, today: date) -> bool:
    """Whether her post there ended today."""
    ended = {"user": user_id, "division": grid, "role": Role.GRID_WORKER, "until": today - timedelta(days=1)}
    return Membership.objects.filter(**ended).exists()


def _prolonged(post: Membership, until: date | None) -> Membership:
    """A post that she has already lasts as long as is wished now, and never shorter than before."""
    if post.until is not None and (until is None or until > post.until):
        post.until = until
        post.save(update_fields=["until"])
    return post


def _passed_on(tickets: list[Ticket], other: User, by: User, now: datetime) -> tuple[int, int]:
    """Each ticket by its own verb, which knows who may not have it."""
    moved = 0
    for ticket in tickets:
        try:
            with transaction.atomic():
                assign_ticket(ticket_id=ticket.pk, handler_id=other.pk, by=by, now=now)
            moved += 1
        except DomainError:
            continue
    return moved, len(tickets) - moved


def _tell(other: User, grid: Division, until: date | None, moved: int, now: datetime) -> None:
    person = register(user=other, full_name=str(other), now=now)
    words = {"name": str(grid), "until": f"{until:%Y-%m-%d}" if until else "", "moved": moved}
    key = f"grid_yours:{grid.pk}:{other.pk}:{day_of(now):%Y%m%d}"
    draft = Draft(f"{Letter.GRID_YOURS}", key, person.pk, ("grid", grid.pk), now, data=words)
    queue_all(drafts=[draft], now=now)
