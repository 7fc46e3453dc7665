"""公益创投: calls and pitches for everybody, the pitcher's reports, the expert's score; the desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from centers.models import Division
from common.errors import DomainError
from common.pages import ask, number, own_post, public_page
from common.phones import read_phone
from common.reach import within
from grants.actions import pitches as pitches_actions
from grants.actions.contracts import (
    accept_report,
    close_pitch,
    contract_pitch,
    excuse_report,
    hand_in_report,
    release_tranche,
)
from grants.forms import CallForm, ContractForm, PitchForm
from grants.models import GrantCall, Pitch
from grants.rules import CALLS, PITCHES, CallMove, PitchMove, PitchParty, ReportKind
from people.doors import people_for, pressed, signed_in, staff_page
from people.models import User, acts_for
from volunteers.models.partners import PartnerUnit
from volunteers.models.roll import Team

# The other steps have forms and addresses of their own.
PLAIN = {*pitches_actions.STEPS}


grants_page = staff_page("grants.change")


# --- For everybody ----------------------------------------------------------------------------


@public_page
def calls(request: HttpRequest) -> HttpResponse:
    """The calls, newest first."""
    found = GrantCall.objects.select_related("division")[:60]
    return render(request, "grants/calls.html", {"calls": found, "now": timezone.now()})


@public_page
def call(request: HttpRequest, call_id: int) -> HttpResponse:
    """One call and what was pitched."""
    found = get_object_or_404(GrantCall.objects.select_related("division"), pk=call_id)
    pitches = Pitch.objects.public().filter(call=found)
    now = timezone.now()
    context = {
        "call": found,
        "pitches": pitches,
        "open": found.open_at(now),
        "soon": found.opens_at > now,
        "asking": any(_asking(one) for one in pitches),
    }
    return render(request, "grants/call.html", context)


def _voices(user: User) -> list[tuple[str, str]]:
    teams = Team.objects.filter(leader__person__user=user)
    units = PartnerUnit.objects.filter(contact=user)
    return [*((f"team-{t.pk}", str(t)) for t in teams), *((f"unit-{u.pk}", str(u)) for u in units)]


@login_required
@never_cache
def make_pitch(request: HttpRequest, call_id: int) -> HttpResponse:
    """Pitch for a call."""
    user = signed_in(request)
    found = get_object_or_404(GrantCall, pk=call_id)
    voices = _voices(user)
    back = reverse("grants:call", args=[call_id])
    if not voices:
        return render(request, "grants/nobody.html", {"call": found, "back": back})
    form = PitchForm(request.POST or None, voices=voices)

    def act() -> HttpResponse:
        made = pitches_actions.make_pitch(call_id=call_id, by=user, now=timezone.now(), **form.told())
        messages.success(request, _("报上了，接下来问居民需不需要。"))
        return redirect("grants:pitch", made.pk)

    return ask(
        request, form, act, title=_("报一个项目"), button=_("报上去"), back=back, back_label=found.title
    )


@never_cache
def pitch(request: HttpRequest, pitch_id: int) -> HttpResponse:
    """One pitch: what it is, the survey, and what whoever looks may do."""
    return _page(request, pitch_id)


def _page(request: HttpRequest, pitch_id: int, refusal: DomainError | None = None) -> HttpResponse:
    found = get_object_or_404(Pitch.objects.select_related("call__division", "team", "unit"), pk=pitch_id)
    user = request.user if isinstance(request.user, User) else None
    score = found.scores.filter(expert=user).first() if user else None
    own = user is not None and Pitch.objects.pitched_by(user).filter(pk=found.pk).exists()
    # Experts score until staff end the review; reports are handed in until they close it.
    moves = PITCHES.offered(found.state, {PitchParty.STAFF})
    context = {
        "pitch": found,
        "survey": found.survey_for_all(),
        "asked": _asked(found, user) if user and _asking(found) else {},
        "results": found.reports.exclude(accepted_at=None),
        "reason": _why_not(found) if own else "",
        "own": own,
        "may_withdraw": own and PitchMove.WITHDRAW in PITCHES.offered(found.state, {PitchParty.PITCHER}),
        "may_score": user is not None
        and PitchMove.SCORE in moves
        and found.call.experts.filter(pk=user.pk).exists()
        and score is None,
        "score": score,
        "running": PitchMove.CLOSE in moves,
        "reports": _reports(found) if own else [],
        "tranches": found.tranches.all() if own else [],
        "refusal": refusal,
        "typed": request.POST,
    }
    return render(request, "grants/pitch.html", context, status=422 if refusal else 200)


def _asking(pitch: Pitch) -> bool:
    """Whether residents are asked: until staff end the survey."""
    return PitchMove.SURVEY in PITCHES.offered(pitch.state, {PitchParty.STAFF})


def _asked(pitch: Pitch, user: User) -> dict[str, list[Any]]:
    """Whom this account may answer for: residents of the place who have not, and who have."""
    division = pitch.call.division
    mine = acts_for(user).select_related("home")
    here = [one for one in mine if one.home is not None and division.contains(one.home)]
    said = set(pitch.votes.filter(person__in=here).values_list("person", flat=True))
    left = [one for one in here if one.pk not in said]
    return {
        "people": people_for(left, user.pk),
        "done": [one.full_name for one in here if one.pk in said],
    }


def _why_not(pitch: Pitch) -> str:
    """Why staff did not choose it; only the pitcher reads that."""
    last = pitch.events.filter(event=PitchMove.REJECT).last()
    return last.reason if last else ""


def _reports(pitch: Pitch) -> list[dict[str, Any]]:
    """Both reports; the closing one waits for the midterm one."""
    now, rows = timezone.now(), list(pitch.reports.all())
    running = PITCHES.offers(PitchMove.CLOSE)(pitch)
    begun = any(one.kind == ReportKind.MIDTERM and one.handed_in_at for one in rows)
    return [
        {
            "report": one,
            "late": one.late_at(now),
            "waits": one.kind == ReportKind.CLOSING and not begun and running,
        }
        for one in rows
    ]


def _vote(pitch_id: int, by: User, now: datetime, typed: QueryDict) -> str:
    needed, person = typed.get("needed") == "yes", number(typed.get("person")) or 0
    pitches_actions.vote(pitch_id=pitch_id, person_id=person, needed=needed, by=by, now=now)
    return _("记下了，谢谢您。")


def _score(pitch_id: int, by: User, now: datetime, typed: QueryDict) -> str:
    # What is no number is out of range, and the verb says so.
    texts = {name: typed.get(name, "").strip() for name in ("need", "plan", "means")}
    figures = {name: int(t) if t.isdecimal() and len(t) < 4 else -1 for name, t in texts.items()}
    pitches_actions.score_pitch(pitch_id=pitch_id, note=typed.get("note", ""), by=by, now=now, **figures)
    return _("评分记下了，不能再改。")


def _count(text: str | None) -> int:
    """A count as it was typed; what is no number is told to the verb as -1, which it refuses."""
    found = number(text)
    return -1 if found is None else found


def _report(pitch_id: int, by: User, now: datetime, typed: QueryDict) -> str:
    hand_in_report(
        pitch_id=pitch_id,
        kind=_kind(typed),
        services=_count(typed.get("services")),
        attendances=_count(typed.get("attendances")),
        text=typed.get("text", ""),
        by=by,
        now=now,
    )
    return _("报告交上了，通过以前可以改。")


def _kind(typed: QueryDict) -> ReportKind:
    kind = typed.get("kind", "")
    if kind not in ReportKind:
        raise DomainError("REPORT_REFUSED", _("请选是哪一份报告。"))
    return ReportKind(kind)


def _withdraw(pitch_id: int, by: User, now: datetime, _typed: QueryDict) -> str:
    pitches_actions.withdraw_pitch(pitch_id=pitch_id, by=by, now=now)
    return _("项目撤回了。")


OWN_ACTS: dict[str, Callable[[int, User, datetime, QueryDict], str]] = {
    "vote": _vote,
    "score": _score,
    "report": _report,
    "withdraw": _withdraw,
}


@own_post
def do(request: HttpRequest, pitch_id: int) -> HttpResponse:
    """A button of a pitch."""
    try:
        words = pressed(request, pitch_id, OWN_ACTS, timezone.now())
    except DomainError as refusal:
        if refusal.status == 403:
            raise
        return _page(request, pitch_id, refusal)
    messages.success(request, words)
    return redirect("grants:pitch", pitch_id)


# --- The desk ---------------------------------------------------------------------------------


@grants_page
def desk(request: HttpRequest) -> HttpResponse:
    """The calls of one's reach and their pitches, each with what is next; a new call."""
    user = signed_in(request)
    mine = GrantCall.objects.visible_to(user).select_related("division")
    places = within(Division.objects.order_by("path"), "", user.reach("grants.change"))
    form = CallForm(request.POST or None, places=places)
    if form.is_bound and form.is_valid():
        try:
            pitches_actions.open_call(by=user, now=timezone.now(), **form.told())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("征集发出了。"))
            return redirect("grants:staff_calls")
    pitches = Pitch.objects.in_reach(user).select_related("call", "team", "unit").order_by("-pk")[:100]
    may_close = CALLS.offers(CallMove.CLOSE)
    calls = [(one, may_close(one)) for one in mine[:60]]
    context = {"calls": calls, "pitches": pitches, "form": form}
    return render(request, "grants/staff_home.html", context, status=422 if form.errors else 200)


def _near(user: User, pitch_id: int) -> Pitch:
    rows = Pitch.objects.in_reach(user).select_related("call__division", "team", "unit", "order")
    return get_object_or_404(rows, pk=pitch_id)


@grants_page
def desk_pitch(request: HttpRequest, pitch_id: int) -> HttpResponse:
    """One pitch at the desk."""
    return _desk(request, pitch_id)


def _desk(request: HttpRequest, pitch_id: int, refusal: DomainError | None = None) -> HttpResponse:
    found = _near(signed_in(request), pitch_id)
    moves = PITCHES.offered(found.state, {PitchParty.STAFF})
    context = {
        "pitch": found,
        "survey": found.survey(),
        "scores": found.scores.select_related("expert", "words"),
        "experts": found.call.experts.all(),
        "next": [(move.value, move.label) for move in moves if move in PLAIN],
        "to_contract": PitchMove.CONTRACT in moves,
        "running": PitchMove.CLOSE in moves,
        "tranches": found.tranches.all(),
        "next_tranche": found.tranches.filter(released_at=None).first(),
        "reports": _reports(found),
        "events": found.events.select_related("by", "words"),
        "refusal": refusal,
        "typed": request.POST,
    }
    return render(request, "grants/staff_pitch.html", context, status=422 if refusal else 200)


@grants_page
def contract(request: HttpRequest, pitch_id: int) -> HttpResponse:
    """The contract of a pitch."""
    user = signed_in(request)
    found = _near(user, pitch_id)
    form = ContractForm(request.POST or None)
    back = reverse("grants:staff_pitch", args=[pitch_id])

    def act() -> HttpResponse:
        contract_pitch(pitch_id=pitch_id, by=user, now=timezone.now(), **form.told())
        messages.success(request, _("签约登记好了，接下来启动。"))
        return redirect(back)

    return ask(request, form, act, title=_("签约"), button=_("登记签约"), back=back, back_label=found.title)


def _advance(pitch_id: int, by: User, now: datetime, typed: QueryDict) -> str:
    move = typed.get("step", "")
    if move not in PitchMove:
        raise DomainError("NO_SUCH_MOVE", _("请用页面上的按钮。"))
    reason = typed.get("reason", "")
    done = pitches_actions.advance_pitch(
        pitch_id=pitch_id, move=PitchMove(move), reason=reason, by=by, now=now
    )
    return _("项目现在是“%(state)s”。") % {"state": done.get_state_display()}


def _expert(pitch_id: int, by: User, now: datetime, typed: QueryDict) -> str:
    expert = User.objects.filter(phone=read_phone(typed.get("phone", "")) or "-").first()
    call_id = _near(by, pitch_id).call_id
    pitches_actions.appoint_expert(call_id=call_id, expert_id=expert.pk if expert else 0, by=by, now=now)
    return _("专家请好了，登录后在项目页面上评分。")


def _accept(pitch_id: int, by: User, now: datetime, typed: QueryDict) -> str:
    accept_report(pitch_id=pitch_id, kind=_kind(typed), by=by, now=now)
    return _("报告通过了。")


def _excuse(pitch_id: int, by: User, now: datetime, typed: QueryDict) -> str:
    reason = typed.get("reason", "")
    excuse_report(pitch_id=pitch_id, kind=_kind(typed), reason=reason, by=by, now=now)
    return _("裁定记下了，报告仍记作迟交。")


def _release(pitch_id: int, by: User, now: datetime, typed: QueryDict) -> str:
    release_tranche(tranche_id=number(typed.get("tranche")) or 0, by=by, now=now)
    return _("这一期放行了。")


def _close(pitch_id: int, by: User, now: datetime, _typed: QueryDict) -> str:
    close_pitch(pitch_id=pitch_id, by=by, now=now)
    return _("项目结项了。")


DESK_ACTS: dict[str, Callable[[int, User, datetime, QueryDict], str]] = {
    "advance": _advance,
    "expert": _expert,
    "accept": _accept,
    "excuse": _excuse,
    "release": _release,
    "close": _close,
}


@own_post
@grants_page
def desk_do(request: HttpRequest, pitch_id: int) -> HttpResponse:
    """A button of a pitch at the desk."""
    _near(signed_in(request), pitch_id)
    try:
        words = pressed(request, pitch_id, DESK_ACTS, timezone.now())
    except DomainError as refusal:
        return _desk(request, pitch_id, refusal)
    messages.success(request, words)
    return redirect("grants:staff_pitch", pitch_id)


@own_post
@grants_page
def close_call(request: HttpRequest, call_id: int) -> HttpResponse:
    """No more pitches."""
    pitches_actions.close_call(call_id=call_id, by=signed_in(request), now=timezone.now())
    messages.success(request, _("征集截止了。"))
    return redirect("grants:staff_calls")
