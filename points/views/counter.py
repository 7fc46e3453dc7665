"""The desk of points: one box finds the resident, her card, a gift set aside for her and handed out."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.forms import PlainForm
from common.pages import ask, number, typed_words
from common.reach import within
from people.doors import finds_people, signed_in, staff_page, staff_post, the_person
from people.models import Person, User
from points.actions import gifts as gifts_actions
from points.actions.vouchers import ASKING
from points.forms import CodeForm, DeskRedeemForm
from points.models.certificates import Certificate
from points.models.gifts import Gift
from points.models.redemptions import Redemption
from points.models.transfers import Transfer
from points.models.vouchers import Voucher
from points.rules import CODE_TRIES, REDEMPTIONS, RedemptionParty, TransferState
from points.views.passbook import passbook_of, sheet_of, unit_of
from volunteers.models.roll import Volunteer
from volunteers.models.service import ServiceRecord
from volunteers.rules.service import RecordState

MOST_FOUND = 20
MOST_WAITING = 50
MOST_GIFTS = 60
SLIP = "slip_of"  # the redemption whose code this desk may show once


@staff_page("volunteers.view")
@finds_people
def desk(request: HttpRequest) -> HttpResponse:
    """积分台: who is it, which gifts wait, what waits for an answer."""
    user, typed = signed_in(request), typed_words(request.GET.get("q"))
    found = list(Person.objects.visible_to(user).matching(typed).select_related("home__parent")[:MOST_FOUND])
    if len(found) == 1:
        return redirect("points:staff_person", found[0].pk)
    context = {
        "typed": typed,
        "found": found,
        "waiting": _waiting(user).select_related("person", "gift__center", "hold")[:MOST_WAITING],
        **_to_do(user),
    }
    return render(request, "points/staff/counter.html", context)


def _waiting(user: User) -> Any:
    rows = within(Redemption.objects.open(), "gift__center__division", user.reach("points.gifts"))
    return rows.order_by("hold__until", "pk")


def _to_do(user: User) -> dict[str, Any]:
    """What this user may do here, and how much of it waits."""
    approves, keeps = user.reach("volunteers.approve"), user.reach("points.ledger")
    records = within(ServiceRecord.objects.filter(state=RecordState.RECORDED), "division", approves)
    asked = within(Transfer.objects.filter(state=TransferState.ASKED), "giver__home", approves)
    seconded = within(Transfer.objects.filter(state=TransferState.SECONDED), "giver__home", keeps)
    return {
        "approves": bool(approves),
        "keeps": bool(keeps),
        "gives": bool(user.reach("points.gifts")),
        "vouchers": Voucher.objects.waiting().near(keeps).count() if keeps else 0,
        "records": records.count() if approves else 0,
        "transfers": (asked | seconded).count() if approves or keeps else 0,
    }


@staff_page("volunteers.view")
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """A resident's card: what she has, what she may have for it, what waits for her."""
    user = signed_in(request)
    found = the_person(user, person_id)
    home = found.home
    volunteer = Volunteer.objects.filter(person=found).first()
    gifts = within(Gift.objects.on_offer(), "center__division", user.reach("points.gifts"))
    context = {
        **passbook_of(found, unit_of(request), number(request.GET.get("before"))),
        "gifts": gifts[:MOST_GIFTS],
        "key": uuid4().hex[:20],
        "volunteer": volunteer,
        "certificates": Certificate.objects.filter(volunteer=volunteer)[:10] if volunteer else [],
        "may_give": bool(user.reach("points.gifts")),
        "may_certify": bool(volunteer and home and user.may("volunteers.approve", home)),
        "may_keep": bool(home and user.may("points.ledger", home)),
        "may_ask": bool(home and any(user.may(verb, home) for verb in ASKING)),
        "vouchers": Voucher.objects.waiting().about(found).order_by("pk"),
    }
    return render(request, "points/staff/person.html", context)


@staff_page("volunteers.view")
def paper(request: HttpRequest, person_id: int) -> HttpResponse:
    """The lines of a span, printed for her."""
    context = {**sheet_of(request, the_person(signed_in(request), person_id)), "back": "staff"}
    return render(request, "points/statement.html", context)


@staff_post("points.gifts")
def redeem(request: HttpRequest, person_id: int) -> HttpResponse:
    """Has a gift set aside for a resident who stands at the desk."""
    user, form = signed_in(request), DeskRedeemForm(request.POST)
    found = the_person(user, person_id)

    def act() -> HttpResponse:
        told = form.cleaned_data
        done = gifts_actions.redeem(
            gift_id=told["gift"], person_id=found.pk, key=told["key"], by=user, now=timezone.now()
        )
        request.session[SLIP] = done.pk
        return redirect("points:staff_redemption", done.pk)

    return ask(request, form, act, back=reverse("points:staff_person", args=[person_id]))


def _the_redemption(user: User, redemption_id: int) -> Redemption:
    near = within(Redemption.objects.all(), "gift__center__division", user.reach("points.gifts"))
    found: Redemption = get_object_or_404(
        near.select_related("person", "gift__center__division", "hold__end"), pk=redemption_id
    )
    return found


@staff_page("points.gifts")
def redemption(request: HttpRequest, redemption_id: int) -> HttpResponse:
    """One redemption at the desk: its slip once, the box for the code, a new code, cancel."""
    found = _the_redemption(signed_in(request), redemption_id)
    return _shown(request, found, CodeForm())


def _shown(request: HttpRequest, found: Redemption, form: CodeForm, *, status: int = 200) -> HttpResponse:
    waits = found.waits_at(timezone.now())
    offered = REDEMPTIONS.offered(found.state, {RedemptionParty.DESK}) if waits else ()
    fresh = request.session.pop(SLIP, None) == found.pk and waits
    context = {
        "redemption": found,
        "waits": waits,
        "offered": offered,
        "late": not found.outcome and not waits,
        "blocked": found.wrong_codes >= CODE_TRIES,
        "code": f"{found.code[:3]} {found.code[3:]}" if fresh else "",
        "form": form,
    }
    return render(request, "points/staff/redemption.html", context, status=status)


@staff_post("points.gifts")
def hand_out(request: HttpRequest, redemption_id: int) -> HttpResponse:
    """发放: the gift against its code."""
    user, form = signed_in(request), CodeForm(request.POST)
    found = _the_redemption(user, redemption_id)

    def act() -> str:
        code = form.cleaned_data["code"]
        done = gifts_actions.hand_out(redemption_id=found.pk, code=code, by=user, now=timezone.now())
        return _("%(gift)s已交给%(person)s。") % {"gift": done.gift.name, "person": done.person.full_name}

    def show(*, status: int) -> HttpResponse:
        # Wrong codes are counted: the page says what is left.
        return _shown(request, _the_redemption(user, redemption_id), form, status=status)

    return ask(request, form, act, back=_page(redemption_id), show=show)


def _page(redemption_id: int) -> str:
    return reverse("points:staff_redemption", args=[redemption_id])


@staff_post("points.gifts")
def renew(request: HttpRequest, redemption_id: int) -> HttpResponse:
    """重发领取码: shown once, the old one is dead."""
    by = signed_in(request)

    def act() -> str:
        done = gifts_actions.renew_code(redemption_id=redemption_id, by=by, now=timezone.now())
        request.session[SLIP] = done.pk
        return _("新的领取码在下面，旧的已经作废。")

    return ask(request, PlainForm(request.POST), act, back=_page(redemption_id))
