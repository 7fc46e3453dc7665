"""What stands behind the points: budgets, the stock of gifts, the donation pool."""

from __future__ import annotations

from django.db.models import F, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.pages import ask
from common.reach import within
from people.doors import signed_in, staff_page, the_person
from points.actions import earning
from points.actions.gifts import take_in
from points.actions.giving import award_points
from points.forms import AwardForm, FundForm, IntakeForm
from points.models.coverage import coverage
from points.models.gifts import Gift, StockIntake
from points.models.ledger import Account
from points.models.policy import Budget
from points.rules import AccountKind


@staff_page("volunteers.view")
def budgets(request: HttpRequest) -> HttpResponse:
    """积分预算: what was promised, what was issued, what may still be."""
    user = signed_in(request)
    found = (
        Budget.objects.visible_to(user)
        .select_related("division")
        .prefetch_related("pots")
        .order_by("closed_on", "name", "pk")
    )
    bought = dict(
        StockIntake.objects.filter(budget__in=[one.pk for one in found])
        .paid()
        .order_by()
        .values_list("budget")
        .annotate(points=Sum(F("units") * F("gift__points")))
    )
    rows = [
        {
            "budget": one,
            **one.cover(),
            "bought": bought.get(one.pk, 0),
            "may_fund": one.closed_on is None and user.may("points.ledger", one.division),
        }
        for one in found
    ]
    context = {"rows": rows, "coverage": coverage(), "may_add": bool(user.reach("points.ledger"))}
    return render(request, "points/staff/budgets.html", context)


@staff_page("points.ledger")
def fund(request: HttpRequest, budget_id: int) -> HttpResponse:
    """注入预算."""
    user = signed_in(request)
    near = within(Budget.objects.filter(closed_on=None), "division", user.reach("points.ledger"))
    budget = get_object_or_404(near, pk=budget_id)
    form = FundForm(request.POST or None)

    def act() -> str:
        data = form.cleaned_data
        done = earning.fund_budget(
            key=data["key"],
            budget_id=budget.pk,
            points=data["points"],
            source=data["source"],
            by=user,
            now=timezone.now(),
        )
        return _("已注入 %(n)s 分。") % {"n": done.points}

    return ask(
        request,
        form,
        act=act,
        back=reverse("points:staff_budgets"),
        back_label=_("积分预算"),
        title=_("给%(budget)s注入积分") % {"budget": budget},
        intro=_("注入以后就要兑现，请写明凭哪份文件。"),
        button=_("注入"),
    )


@staff_page("volunteers.view")
def stock(request: HttpRequest) -> HttpResponse:
    """礼品库存: came in, waits, given, left."""
    user = signed_in(request)
    found = Gift.objects.visible_to(user).select_related("center").order_by("center__name", "points", "name")
    context = {"gifts": found, "may_take": bool(user.reach("points.gifts"))}
    return render(request, "points/staff/stock.html", context)


@staff_page("points.gifts")
def intake(request: HttpRequest, gift_id: int) -> HttpResponse:
    """入库 or 报损."""
    user = signed_in(request)
    gifts = Gift.objects.select_related("center__division")
    near = within(gifts, "center__division", user.reach("points.gifts"))
    gift = get_object_or_404(near, pk=gift_id)
    form = IntakeForm(request.POST or None, place=gift.center.division)

    def act() -> str:
        data = form.cleaned_data
        take_in(
            key=data["key"],
            gift_id=gift.pk,
            units=data["units"],
            budget_id=data["budget"].pk,
            note=data["note"],
            by=user,
            now=timezone.now(),
        )
        return _("库存已更新。")

    return ask(
        request,
        form,
        act=act,
        back=reverse("points:staff_stock"),
        back_label=_("礼品库存"),
        title=_("%(gift)s：入库") % {"gift": gift},
        intro=_("每件 %(n)s 分，货架上还能换 %(left)s 件。") % {"n": gift.points, "left": gift.left},
        button=_("入库"),
    )


@staff_page("points.ledger")
def award(request: HttpRequest, person_id: int) -> HttpResponse:
    """受赠积分, out of the pool of her community."""
    user = signed_in(request)
    person = the_person(user, person_id)
    pool = Account.objects.filter(kind=AccountKind.DONATION, division=person.home_id or 0).first()
    form = AwardForm(request.POST or None)

    def act() -> str:
        data = form.cleaned_data
        award_points(
            key=data["key"],
            person_id=person.pk,
            points=data["points"],
            reason=data["reason"],
            by=user,
            now=timezone.now(),
        )
        return _("已从捐赠池给出 %(n)s 分。") % {"n": data["points"]}

    return ask(
        request,
        form,
        act=act,
        back=reverse("points:staff_person", args=[person_id]),
        back_label=person.full_name,
        title=_("%(name)s：给捐赠积分") % {"name": person},
        intro=_("捐赠池里现在有 %(n)s 分。") % {"n": pool.posted if pool else 0},
        button=_("给这位居民"),
    )
