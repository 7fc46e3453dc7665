"""Gifts: what points buy, one tap to have one set aside, the code that opens it."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from common.forms import PlainForm
from common.pages import ask, number, own_post, public_page
from common.shapes import Choice
from people.doors import own_page, signed_in
from people.models import User, acts_for
from people.parts import links_on
from points.actions import gifts as gifts_actions
from points.forms import RedeemForm
from points.models.gifts import Gift
from points.models.ledger import Account
from points.models.redemptions import Redemption
from points.rules import REDEMPTIONS, AccountKind, RedemptionParty, Unit
from points.views.whose import own_people

A_PAGE = 24


@public_page
def gifts(request: HttpRequest) -> HttpResponse:
    """礼品: what points buy, cheapest first, where, and how many are left."""
    page = Paginator(Gift.objects.on_offer(), A_PAGE).get_page(request.GET.get("page"))
    user = request.user if isinstance(request.user, User) else None
    return render(request, "points/gifts.html", {"page_obj": page, "links": links_on("points:gifts", user)})


def _choices(user: User, asked: str | None) -> list[Choice]:
    """For whom: everybody one acts for, with the points that she may spend."""
    people = own_people(user)
    accounts = Account.objects.filter(
        person__in=[p.pk for p in people], kind=AccountKind.PERSON, unit=Unit.POINTS
    )
    free = {account.person_id: account.free for account in accounts}
    wanted = number(asked) or (people[0].pk if people else 0)
    return [
        {
            "value": person.pk,
            "label": person.full_name,
            "note": _("可用 %(n)s 分") % {"n": free.get(person.pk, 0)},
            "checked": person.pk == wanted,
        }
        for person in people
    ]


@never_cache
def gift(
    request: HttpRequest, gift_id: int, *, form: RedeemForm | None = None, status: int = 200
) -> HttpResponse:
    """One gift, one button."""
    seen = Gift.objects.select_related("center")
    found = get_object_or_404(seen if form else seen.filter(on_offer=True), pk=gift_id)
    user = request.user if isinstance(request.user, User) else None
    sent = request.POST if form else request.GET
    context = {
        "gift": found,
        "people": _choices(user, sent.get("person")) if user else [],
        # The same form sent twice is one redemption.
        "key": (request.POST.get("key") if form else "") or uuid4().hex,
        "refusal": form.refusal if form else None,
    }
    return render(request, "points/gift.html", context, status=status)


def redeem(request: HttpRequest, gift_id: int) -> HttpResponse:
    """换这件礼品, for oneself or somebody one acts for."""
    back = reverse("points:gift", args=[gift_id])
    if request.method != "POST":
        return redirect(back)
    if not isinstance(request.user, User):
        return redirect_to_login(back)
    user, form = request.user, RedeemForm(request.POST)

    def act() -> HttpResponse:
        told = form.cleaned_data
        done = gifts_actions.redeem(
            gift_id=gift_id, person_id=told["person"], key=told["key"], by=user, now=timezone.now()
        )
        return redirect("points:redemption", done.pk)

    return ask(request, form, act, back=back, show=partial(gift, request, gift_id, form=form))


@own_page
def redemption(request: HttpRequest, redemption_id: int) -> HttpResponse:
    """What was set aside: the code large, the last day, how to undo it; printable."""
    mine = Redemption.objects.filter(person__in=acts_for(signed_in(request)).values("pk"))
    seen = mine.select_related("person", "gift__center", "hold__end")
    found = get_object_or_404(seen, pk=redemption_id)
    waits = found.waits_at(timezone.now())
    offered = REDEMPTIONS.offered(found.state, {RedemptionParty.OWNER}) if waits else ()
    context = {
        "redemption": found,
        "outcome": found.outcome,
        "offered": offered,
        "late": not found.outcome and not waits,
        "code": f"{found.code[:3]} {found.code[3:]}" if waits else "",
    }
    return render(request, "points/redemption.html", context)


@own_post
def cancel(request: HttpRequest, redemption_id: int) -> HttpResponse:
    """不换了: the points come back whole."""
    by = signed_in(request)
    own = Redemption.objects.filter(pk=redemption_id, person__in=acts_for(by).values("pk")).exists()

    def act() -> str:
        gifts_actions.cancel_redemption(redemption_id=redemption_id, by=by, now=timezone.now())
        return _("已取消，积分全部退回。")

    page = "points:redemption" if own else "points:staff_redemption"
    return ask(request, PlainForm(request.POST), act, back=reverse(page, args=[redemption_id]))
