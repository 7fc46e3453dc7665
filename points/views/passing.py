"""Transfers and certificates at the desk."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.forms import PlainForm, ReasonForm
from common.pages import ask, typed_words
from common.reach import within
from people.doors import finds_people, signed_in, staff_page, staff_post, the_person
from people.models import Person, User
from points.actions import giving
from points.actions.certificates import certificate, revoke_certificate
from points.forms import CertificateForm, DeskTransferForm
from points.models.certificates import Certificate
from points.models.transfers import Transfer
from points.rules import TRANSFERS, TransferKind, TransferMove, TransferState
from volunteers.models.roll import Volunteer

MOST = 50
APPROVING = {TransferMove.SECOND, TransferMove.COMPLETE}


def _near(user: User) -> list[str]:
    return [*user.reach("volunteers.approve"), *user.reach("points.ledger")]


@staff_page("volunteers.approve", "points.ledger")
def transfers(request: HttpRequest) -> HttpResponse:
    """待审批的转赠: the oldest first."""
    user = signed_in(request)
    found = within(Transfer.objects.waiting(), "giver__home", _near(user))
    rows = found.select_related("giver__home", "taker", "asked_by", "first_by").order_by("pk")[:MOST]
    shown = [{"transfer": one, "may": _may(one, user)} for one in rows]
    return render(request, "points/staff/transfers.html", {"rows": shown})


def _may(transfer: Transfer, user: User) -> bool:
    """Whether the button makes sense; the verb asks again."""
    party = {transfer.asked_by_id, transfer.first_by_id, transfer.giver.user_id, transfer.taker.user_id}
    offered = TRANSFERS.offered(transfer.state, giving.hats(user, transfer))
    return user.pk not in party and not APPROVING.isdisjoint(offered)


@staff_post("volunteers.approve", "points.ledger")
def approve_transfer(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """同意转赠, the first or the second time."""

    def act() -> str:
        done = giving.approve_transfer(transfer_id=transfer_id, by=signed_in(request), now=timezone.now())
        return _("积分已转过去。") if done.state == TransferState.DONE else _("初审通过，等复审。")

    return ask(request, PlainForm(request.POST), act, back=reverse("points:staff_transfers"))


@staff_page("volunteers.approve")
def refuse_transfer(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """不予办理."""
    user = signed_in(request)
    near = within(Transfer.objects.all(), "giver__home", user.reach("volunteers.approve"))
    found = get_object_or_404(near.select_related("giver", "taker"), pk=transfer_id)
    form = ReasonForm(request.POST or None)

    def act() -> str:
        reason = form.cleaned_data["reason"]
        giving.refuse_transfer(transfer_id=found.pk, reason=reason, by=user, now=timezone.now())
        return _("已记下不予办理。")

    return ask(
        request,
        form,
        act=act,
        back=reverse("points:staff_transfers"),
        back_label=_("待审批的转赠"),
        title=_("不予办理"),
        intro=_("%(giver)s 转给 %(taker)s，%(n)s 分。双方都会看到原因。")
        % {"giver": found.giver, "taker": found.taker, "n": found.points},
        button=_("不予办理"),
    )


@staff_page("points.gifts")
@finds_people
def ask_transfer(request: HttpRequest, person_id: int) -> HttpResponse:
    """Asks for a transfer at the desk: first the other side is found, then the form."""
    user = signed_in(request)
    giver, typed = the_person(user, person_id), typed_words(request.GET.get("q"))
    back = reverse("points:staff_person", args=[person_id])
    takers = list(Person.objects.visible_to(user).matching(typed).exclude(pk=giver.pk)[:10])
    if not takers:
        context = {"person": giver, "typed": typed, "back": back}
        return render(request, "points/staff/taker.html", context)
    form = DeskTransferForm(request.POST or None, takers=takers, initial={"kind": TransferKind.FAMILY})

    def act() -> str:
        data = form.cleaned_data
        giving.ask_transfer(
            kind=TransferKind(data["kind"]),
            giver_id=giver.pk,
            taker_id=data["taker"],
            points=data["points"],
            relation=data["relation"],
            by=user,
            now=timezone.now(),
        )
        return _("申请已提交，要由另外两位同事审批。")

    return ask(
        request,
        form,
        act=act,
        back=back,
        back_label=giver.full_name,
        title=_("%(name)s：转给家人") % {"name": giver},
        intro=_("请看过双方的身份证和关系证明再提交。"),
        button=_("提交申请"),
    )


@staff_page("volunteers.approve")
def issue(request: HttpRequest, person_id: int) -> HttpResponse:
    """开具证明."""
    user = signed_in(request)
    volunteer = Volunteer.objects.filter(person=the_person(user, person_id)).select_related("person").first()
    if volunteer is None:
        raise Http404
    today = timezone.localdate()
    start = {"since": today.replace(month=1, day=1), "until": today, "handler": user.name}
    form = CertificateForm(request.POST or None, initial=start)

    def act() -> HttpResponse:
        done = certificate(volunteer_id=volunteer.pk, by=user, now=timezone.now(), **form.cleaned_data)
        return redirect("points:certificate", done.number)

    return ask(
        request,
        form,
        act=act,
        back=reverse("points:staff_person", args=[person_id]),
        back_label=volunteer.person.full_name,
        title=_("%(name)s：开具服务证明") % {"name": volunteer},
        intro=_("只写已认定的服务，免费。"),
        button=_("开具"),
    )


@staff_page("volunteers.approve")
def revoke(request: HttpRequest, certificate_id: int) -> HttpResponse:
    """撤销证明."""
    user = signed_in(request)
    near = within(Certificate.objects.all(), "division", user.reach("volunteers.approve"))
    found = get_object_or_404(near, pk=certificate_id)
    form = ReasonForm(request.POST or None)

    def act() -> str:
        reason = form.cleaned_data["reason"]
        revoke_certificate(certificate_id=found.pk, reason=reason, by=user, now=timezone.now())
        return _("证明已撤销，扫码的人马上看得到。")

    return ask(
        request,
        form,
        act=act,
        back=reverse("points:certificate", args=[found.number]),
        back_label=found.number,
        title=_("撤销证明"),
        intro=_("撤销不能收回；原因查验的人会看到。"),
        button=_("撤销"),
    )
