"""公益创投 at the desk: calls, and one pitch with an address for each verb."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypedDict

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from centers.models import Division
from common.forms import PlainForm
from common.pages import ask
from common.reach import within
from grants.actions import contracts, pitches
from grants.forms import STEPS, AdvanceForm, CallForm, ContractForm, ExcuseForm, ExpertForm, RejectForm
from grants.models import ExpertScore, GrantCall, Pitch, PitchEvent, PitchReport, Tranche
from grants.rules import CALLS, PITCHES, CallMove, PitchMove, PitchParty, ReportKind, Totals
from grants.views.page import ReportLine, grants_page, grants_post, report_lines
from people.doors import signed_in
from people.models import User

Asked = RejectForm | ExpertForm | ExcuseForm


class CallsPage(TypedDict):
    """What templates/grants/staff_home.html shows; of each call, whether it may be closed."""

    calls: list[tuple[GrantCall, bool]]
    pitches: QuerySet[Pitch]
    form: CallForm


class PitchPage(TypedDict):
    """What templates/grants/staff_pitch.html shows; `steps` are the buttons that ask nothing."""

    pitch: Pitch
    survey: Totals
    scores: QuerySet[ExpertScore]
    experts: QuerySet[User]
    expert: ExpertForm
    steps: list[PitchMove]
    reject: RejectForm | None
    to_contract: bool
    running: bool
    tranches: list[Tranche]
    next_tranche: Tranche | None
    reports: list[tuple[ReportLine, ExcuseForm]]
    events: QuerySet[PitchEvent]
    form: Asked | None  # the one that was refused


# --- Calls ------------------------------------------------------------------------------------


@grants_page
def calls(request: HttpRequest) -> HttpResponse:
    """The calls of one's reach and their pitches, each with what is next; a new call."""
    user = signed_in(request)
    places = within(Division.objects.order_by("path"), "", user.reach("grants.change"))
    form = CallForm(request.POST or None, places=places)

    def act() -> str:
        pitches.open_call(by=user, now=timezone.now(), **form.told())
        return _("征集发出了。")

    return ask(request, form, act, back=reverse("grants:staff_calls"), show=partial(_calls, request, form))


def _calls(request: HttpRequest, form: CallForm, *, status: int) -> HttpResponse:
    user = signed_in(request)
    mine = GrantCall.objects.visible_to(user).select_related("division")[:60]
    may_close = CALLS.offers(CallMove.CLOSE)
    page: CallsPage = {
        "calls": [(one, may_close(one)) for one in mine],
        "pitches": Pitch.objects.in_reach(user).select_related("call", "team", "unit").order_by("-pk")[:100],
        "form": form,
    }
    return render(request, "grants/staff_home.html", page, status=status)


@grants_post
def close_call(request: HttpRequest, call_id: int) -> HttpResponse:
    """No more pitches."""
    user = signed_in(request)

    def act() -> str:
        pitches.close_call(call_id=call_id, by=user, now=timezone.now())
        return _("征集截止了。")

    return ask(request, PlainForm(request.POST), act, back=reverse("grants:staff_calls"))


# --- One pitch --------------------------------------------------------------------------------


def _near(user: User, pitch_id: int) -> Pitch:
    rows = Pitch.objects.in_reach(user).select_related("call__division", "team", "unit", "order")
    return get_object_or_404(rows, pk=pitch_id)


@grants_page
def pitch(request: HttpRequest, pitch_id: int) -> HttpResponse:
    """One pitch at the desk."""
    return _page(request, pitch_id)


def _page(
    request: HttpRequest, pitch_id: int, form: Asked | None = None, *, status: int = 200
) -> HttpResponse:
    found = _near(signed_in(request), pitch_id)
    moves = PITCHES.offered(found.state, {PitchParty.STAFF})
    page: PitchPage = {
        "pitch": found,
        "survey": found.survey(),
        "scores": found.scores.select_related("expert", "words"),
        "experts": found.call.experts.all(),
        "expert": form if isinstance(form, ExpertForm) else ExpertForm(row=found),
        "steps": _steps(moves),
        "reject": RejectForm(row=found) if PitchMove.REJECT in moves else None,
        "to_contract": PitchMove.CONTRACT in moves,
        "running": PitchMove.CLOSE in moves,
        "tranches": list(found.tranches.all()),
        "next_tranche": found.tranches.filter(released_at=None).first(),
        "reports": [(line, _excuse_form(line, form)) for line in report_lines(found, timezone.now())],
        "events": found.events.select_related("by", "words"),
        "form": form,
    }
    if isinstance(form, RejectForm):
        page["reject"] = form
    return render(request, "grants/staff_pitch.html", page, status=status)


def _steps(moves: Sequence[PitchMove]) -> list[PitchMove]:
    by_button = {PitchMove(value) for value, _label in STEPS}
    return [move for move in moves if move in by_button]


def _excuse_form(line: ReportLine, refused: Asked | None) -> ExcuseForm:
    if isinstance(refused, ExcuseForm) and refused.row == line["report"]:
        return refused
    return ExcuseForm(row=line["report"])


@grants_page
def contract(request: HttpRequest, pitch_id: int) -> HttpResponse:
    """签约."""
    user = signed_in(request)
    found = _near(user, pitch_id)
    form = ContractForm(request.POST or None)

    def act() -> str:
        contracts.contract_pitch(pitch_id=pitch_id, by=user, now=timezone.now(), **form.told())
        return _("签约登记好了，接下来启动。")

    return ask(
        request,
        form,
        act,
        back=_url(pitch_id),
        back_label=found.title,
        title=_("签约"),
        button=_("登记签约"),
    )


def _url(pitch_id: int) -> str:
    return reverse("grants:staff_pitch", args=[pitch_id])


def _ask(request: HttpRequest, pitch_id: int, form: Asked, act: Callable[[], str]) -> HttpResponse:
    """A verb that asks something: refused, its form stands on the page of the pitch."""
    show = partial(_page, request, pitch_id, form)
    return ask(request, form, act, back=_url(pitch_id), show=show)


def _advanced(done: Pitch) -> str:
    return _("项目现在是“%(state)s”。") % {"state": done.get_state_display()}


@grants_post
def advance(request: HttpRequest, pitch_id: int) -> HttpResponse:
    """The next step, of those that ask nothing."""
    user = signed_in(request)
    found, form = _near(user, pitch_id), AdvanceForm(request.POST)

    def act() -> str:
        done = pitches.advance_pitch(pitch_id=found.pk, by=user, now=timezone.now(), **form.cleaned_data)
        return _advanced(done)

    return ask(request, form, act, back=_url(pitch_id))


@grants_post
def reject(request: HttpRequest, pitch_id: int) -> HttpResponse:
    """不入选."""
    user = signed_in(request)
    form = RejectForm(request.POST, row=_near(user, pitch_id))

    def act() -> str:
        told = {"move": PitchMove.REJECT, "by": user, "now": timezone.now(), **form.cleaned_data}
        return _advanced(pitches.advance_pitch(pitch_id=pitch_id, **told))

    return _ask(request, pitch_id, form, act)


@grants_post
def expert(request: HttpRequest, pitch_id: int) -> HttpResponse:
    """请专家, for all pitches of the call."""
    user = signed_in(request)
    found = _near(user, pitch_id)
    form = ExpertForm(request.POST, row=found)

    def act() -> str:
        asked: User = form.cleaned_data["phone"]
        pitches.appoint_expert(call_id=found.call_id, expert_id=asked.pk, by=user, now=timezone.now())
        return _("专家请好了，登录后在项目页面上评分。")

    return _ask(request, pitch_id, form, act)


@grants_post
def close(request: HttpRequest, pitch_id: int) -> HttpResponse:
    """结项."""
    user = signed_in(request)
    found = _near(user, pitch_id)

    def act() -> str:
        contracts.close_pitch(pitch_id=found.pk, by=user, now=timezone.now())
        return _("项目结项了。")

    return ask(request, PlainForm(request.POST), act, back=_url(pitch_id))


# --- Its reports and parts --------------------------------------------------------------------


def _report(user: User, report_id: int) -> PitchReport:
    near = Pitch.objects.in_reach(user).values("pk")
    return get_object_or_404(PitchReport.objects.filter(pitch__in=near), pk=report_id)


@grants_post
def accept(request: HttpRequest, report_id: int) -> HttpResponse:
    """通过报告."""
    user = signed_in(request)
    found = _report(user, report_id)

    def act() -> str:
        kind = ReportKind(found.kind)
        contracts.accept_report(pitch_id=found.pitch_id, kind=kind, by=user, now=timezone.now())
        return _("报告通过了。")

    return ask(request, PlainForm(request.POST), act, back=_url(found.pitch_id))


@grants_post
def excuse(request: HttpRequest, report_id: int) -> HttpResponse:
    """裁定迟交."""
    user = signed_in(request)
    found = _report(user, report_id)
    form = ExcuseForm(request.POST, row=found)

    def act() -> str:
        told = {"kind": ReportKind(found.kind), "by": user, "now": timezone.now(), **form.cleaned_data}
        contracts.excuse_report(pitch_id=found.pitch_id, **told)
        return _("裁定记下了，报告仍记作迟交。")

    return _ask(request, found.pitch_id, form, act)


@grants_post
def release(request: HttpRequest, tranche_id: int) -> HttpResponse:
    """放行."""
    user = signed_in(request)
    near = Tranche.objects.filter(pitch__in=Pitch.objects.in_reach(user).values("pk"))
    found = get_object_or_404(near, pk=tranche_id)

    def act() -> str:
        contracts.release_tranche(tranche_id=found.pk, by=user, now=timezone.now())
        return _("这一期放行了。")

    return ask(request, PlainForm(request.POST), act, back=_url(found.pitch_id))
