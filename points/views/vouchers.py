"""Vouchers at the desk: a paper book to carry over, a posting to take back, and another one's yes."""

from __future__ import annotations

from typing import TypedDict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.forms import PlainForm, ReasonForm
from common.pages import ask
from common.reach import within
from people.doors import signed_in, staff_page, staff_post, the_person
from people.models import User
from points.actions.vouchers import ASKING, approve_voucher, ask_carry_over, ask_reversal, refuse_voucher
from points.forms import CarryOverForm
from points.models.ledger import Leg, Posting
from points.models.vouchers import Voucher
from points.rules import PostingKind
from points.views import words

MOST = 50


class Row(TypedDict):
    """A voucher in the list: what it is about, and what this user may answer."""

    voucher: Voucher
    about: str
    amount: str
    may_approve: bool
    may_refuse: bool


def _near(user: User) -> list[str]:
    return [*user.reach("points.gifts"), *user.reach("points.ledger")]


@staff_page(*ASKING)
def vouchers(request: HttpRequest) -> HttpResponse:
    """待审批的记账单: the oldest first."""
    user = signed_in(request)
    found = Voucher.objects.waiting().near(_near(user)).order_by("pk")
    rows = found.select_related("person", "reverses__reverses", "reverses__record", "asked_by")[:MOST]
    keeps = set(Voucher.objects.waiting().near(user.reach("points.ledger")).values_list("pk", flat=True))
    shown = [_row(one, user, keeps=one.pk in keeps) for one in rows]
    return render(request, "points/staff/vouchers.html", {"rows": shown})


def _row(voucher: Voucher, user: User, *, keeps: bool) -> Row:
    """What the list shows; the verbs ask again who may."""
    hers = voucher.asked_by_id == user.pk
    amounts = [words.span(voucher.minutes)] if voucher.minutes else []
    if voucher.points:
        amounts.append(_("%(n)s 分") % {"n": voucher.points})
    about = words.what(voucher.reverses) if voucher.reverses is not None else str(voucher.person)
    return {
        "voucher": voucher,
        "about": about,
        "amount": " · ".join(amounts),
        "may_approve": keeps and not hers,
        "may_refuse": keeps or hers,
    }


@staff_post("points.ledger")
def approve(request: HttpRequest, voucher_id: int) -> HttpResponse:
    """同意入账."""

    def act() -> str:
        approve_voucher(voucher_id=voucher_id, by=signed_in(request), now=timezone.now())
        return _("已入账，本人在存折上看得到。")

    return ask(request, PlainForm(request.POST), act, back=reverse("points:staff_vouchers"))


@staff_page(*ASKING)
def refuse(request: HttpRequest, voucher_id: int) -> HttpResponse:
    """不予入账, or taken back by who asked."""
    user = signed_in(request)
    found = get_object_or_404(Voucher.objects.near(_near(user)), pk=voucher_id)
    form = ReasonForm(request.POST or None)

    def act() -> str:
        reason = form.cleaned_data["reason"]
        refuse_voucher(voucher_id=found.pk, reason=reason, by=user, now=timezone.now())
        return _("已记下不予入账。")

    return ask(
        request,
        form,
        act=act,
        back=reverse("points:staff_vouchers"),
        back_label=_("待审批的记账单"),
        title=_("不予入账"),
        intro=_("%(kind)s，依据或原因：%(grounds)s。")
        % {"kind": found.get_kind_display(), "grounds": found.grounds},
        button=_("不予入账"),
    )


@staff_page(*ASKING)
def carry_over(request: HttpRequest, person_id: int) -> HttpResponse:
    """旧账转入, from a paper passbook."""
    user = signed_in(request)
    person = the_person(user, person_id)
    form = CarryOverForm(request.POST or None)

    def act() -> str:
        data = form.cleaned_data
        ask_carry_over(
            person_id=person.pk,
            points=data["points"],
            minutes=data["hours"] * 60 + data["minutes"],
            paper=data["paper"],
            key=data["key"],
            by=user,
            now=timezone.now(),
        )
        return _("已提交，另一位管账的工作人员同意后入账。")

    return ask(
        request,
        form,
        act=act,
        back=reverse("points:staff_person", args=[person_id]),
        back_label=person.full_name,
        title=_("%(name)s：旧账转入") % {"name": person},
        intro=_("照着旧账本的最后一行填，入账以后旧本请收回存档。"),
        button=_("提交"),
    )


def _in_reach(user: User, posting_id: int) -> Leg:
    """A resident's line of a posting within reach, or 404."""
    lines = Leg.objects.filter(posting=posting_id, account__person__isnull=False)
    near = within(lines, "account__person__home", _near(user))
    seen = near.select_related("posting__reverses", "posting__record", "account__person").order_by("pk")
    found = seen.first()
    return found if found is not None else get_object_or_404(Leg, pk=0)


@staff_page(*ASKING)
def reverse_posting(request: HttpRequest, posting_id: int) -> HttpResponse:
    """申请冲正: to take a posting back by its mirror image."""
    user = signed_in(request)
    leg = _in_reach(user, posting_id)
    form = ReasonForm(request.POST or None)

    def act() -> str:
        ask_reversal(posting_id=posting_id, reason=form.cleaned_data["reason"], by=user, now=timezone.now())
        return _("已提交，另一位管账的工作人员同意后冲正。")

    person = leg.account.person
    assert person is not None  # noqa: S101 - filtered above
    return ask(
        request,
        form,
        act=act,
        back=reverse("points:staff_person", args=[person.pk]),
        back_label=person.full_name,
        title=_("冲正：%(memo)s") % {"memo": words.what(leg.posting)},
        intro=_intro(leg.posting),
        button=_("提交"),
    )


def _intro(posting: Posting) -> str:
    if posting.kind == PostingKind.EARN:
        return _("积分和时长一起退回；已经花掉的记成待还，以后得的积分先还。服务记录变成已撤销。")
    return _("原来的一笔留在账上，另记一笔相反的；已经花掉的记成待还。")
