"""公益创投 for everybody: calls and pitches, the survey, the pitcher's reports, the expert's score."""

from __future__ import annotations

from functools import partial
from typing import TypedDict

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from common.forms import PlainForm
from common.pages import ask, own_post, public_page
from grants.actions import contracts, pitches
from grants.forms import PitchForm, ReportForm, ScoreForm, VoteForm
from grants.models import ExpertScore, GrantCall, Pitch, PitchReport, Tranche
from grants.rules import PITCHES, PitchMove, PitchParty, ReportKind, Totals
from grants.views.page import ReportLine, report_lines
from people.doors import people_for, signed_in
from people.models import Person, User, acts_for
from volunteers.models.partners import PartnerUnit
from volunteers.models.roll import Team

Asked = VoteForm | ScoreForm | ReportForm


class CallPage(TypedDict):
    """What templates/grants/call.html shows."""

    call: GrantCall
    pitches: QuerySet[Pitch]
    open: bool
    soon: bool
    asking: bool


class PitchPage(TypedDict):
    """What templates/grants/pitch.html shows; `own`: of whoever looks."""

    pitch: Pitch
    survey: Totals | None
    answered: list[str]  # for whom she has said something already
    vote: VoteForm | None
    results: QuerySet[PitchReport]
    reason: str
    own: bool
    may_withdraw: bool
    score: ExpertScore | None
    score_form: ScoreForm | None
    running: bool
    reports: list[tuple[ReportLine, ReportForm]]
    tranches: list[Tranche]
    form: Asked | None  # the one that was refused


@public_page
def calls(request: HttpRequest) -> HttpResponse:
    """The calls, newest first."""
    found = GrantCall.objects.select_related("division")[:60]
    return render(request, "grants/calls.html", {"calls": found, "now": timezone.now()})


@public_page
def call(request: HttpRequest, call_id: int) -> HttpResponse:
    """One call and what was pitched."""
    found = get_object_or_404(GrantCall.objects.select_related("division"), pk=call_id)
    pitched = Pitch.objects.public().filter(call=found)
    now = timezone.now()
    page: CallPage = {
        "call": found,
        "pitches": pitched,
        "open": found.open_at(now),
        "soon": found.opens_at > now,
        "asking": any(_asking(one) for one in pitched),
    }
    return render(request, "grants/call.html", page)


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
        made = pitches.make_pitch(call_id=call_id, by=user, now=timezone.now(), **form.told())
        messages.success(request, _("报上了，接下来问居民需不需要。"))
        return redirect("grants:pitch", made.pk)

    return ask(
        request, form, act, title=_("报一个项目"), button=_("报上去"), back=back, back_label=found.title
    )


@never_cache
def pitch(request: HttpRequest, pitch_id: int) -> HttpResponse:
    """One pitch: what it is, the survey, and what whoever looks may do."""
    return _page(request, pitch_id)


def _page(
    request: HttpRequest, pitch_id: int, form: Asked | None = None, *, status: int = 200
) -> HttpResponse:
    found, now = _pitch(pitch_id), timezone.now()
    user = request.user if isinstance(request.user, User) else None
    own = user is not None and Pitch.objects.pitched_by(user).filter(pk=found.pk).exists()
    score = found.scores.filter(expert=user).first() if user else None
    here, said = _asked(found, user) if user and _asking(found) else ([], set())
    lines = report_lines(found, now) if own else []
    page: PitchPage = {
        "pitch": found,
        "survey": found.survey_for_all(),
        "answered": [one.full_name for one in here if one.pk in said],
        "vote": _vote_form(found, [one for one in here if one.pk not in said], user),
        "results": found.reports.exclude(accepted_at=None),
        "reason": _why_not(found) if own else "",
        "own": own,
        "may_withdraw": own and PitchMove.WITHDRAW in PITCHES.offered(found.state, {PitchParty.PITCHER}),
        "score": score,
        "score_form": ScoreForm(row=found) if user and score is None and _judges(user, found) else None,
        # Reports are handed in until staff close the pitch.
        "running": PitchMove.CLOSE in PITCHES.offered(found.state, {PitchParty.STAFF}),
        "reports": [(line, ReportForm(row=line["report"])) for line in lines],
        "tranches": list(found.tranches.all()) if own else [],
        "form": form,
    }
    if isinstance(form, VoteForm):
        page["vote"] = form
    elif isinstance(form, ScoreForm):
        page["score_form"] = form
    elif isinstance(form, ReportForm):
        page["reports"] = [
            (line, form if line["report"] == form.row else other) for line, other in page["reports"]
        ]
    return render(request, "grants/pitch.html", page, status=status)


def _pitch(pitch_id: int) -> Pitch:
    return get_object_or_404(Pitch.objects.select_related("call__division", "team", "unit"), pk=pitch_id)


def _asking(pitch: Pitch) -> bool:
    """Whether residents are asked: until staff end the survey."""
    return PitchMove.SURVEY in PITCHES.offered(pitch.state, {PitchParty.STAFF})


def _asked(pitch: Pitch, user: User) -> tuple[list[Person], set[int]]:
    """Whom this account may answer for, residents of the place, and who of them has said something."""
    division = pitch.call.division
    mine = acts_for(user).select_related("home")
    here = [one for one in mine if one.home is not None and division.contains(one.home)]
    return here, set(pitch.votes.filter(person__in=here).values_list("person", flat=True))


def _vote_form(pitch: Pitch, people: list[Person], user: User | None) -> VoteForm | None:
    return VoteForm(row=pitch, people=people_for(people, user.pk)) if user and people else None


def _judges(user: User, pitch: Pitch) -> bool:
    """Whether she scores it: its experts do, until staff end the review."""
    reviewed = PitchMove.SCORE in PITCHES.offered(pitch.state, {PitchParty.STAFF})
    return reviewed and pitch.call.experts.filter(pk=user.pk).exists()


def _why_not(pitch: Pitch) -> str:
    """Why staff did not choose it; only the pitcher reads that."""
    last = pitch.events.filter(event=PitchMove.REJECT).last()
    return last.reason if last else ""


# --- Verbs ------------------------------------------------------------------------------------


def _url(pitch_id: int) -> str:
    return reverse("grants:pitch", args=[pitch_id])


@own_post
def vote(request: HttpRequest, pitch_id: int) -> HttpResponse:
    """Whether it is needed: one's own word, or of whom one acts for."""
    user, found = signed_in(request), _pitch(pitch_id)
    here, _said = _asked(found, user)
    form = VoteForm(request.POST, row=found, people=people_for(here, user.pk))

    def act() -> str:
        pitches.vote(pitch_id=pitch_id, by=user, now=timezone.now(), **form.told())
        return _("记下了，谢谢您。")

    return ask(request, form, act, back=_url(pitch_id), show=partial(_page, request, pitch_id, form))


@own_post
def score(request: HttpRequest, pitch_id: int) -> HttpResponse:
    """An expert's score."""
    user, form = signed_in(request), ScoreForm(request.POST, row=_pitch(pitch_id))

    def act() -> str:
        pitches.score_pitch(pitch_id=pitch_id, by=user, now=timezone.now(), **form.cleaned_data)
        return _("评分记下了，不能再改。")

    return ask(request, form, act, back=_url(pitch_id), show=partial(_page, request, pitch_id, form))


@own_post
def report(request: HttpRequest, report_id: int) -> HttpResponse:
    """交报告, or change it until it is accepted."""
    user = signed_in(request)
    found = _own_report(user, report_id)
    form = ReportForm(request.POST, row=found)

    def act() -> str:
        kind, now = ReportKind(found.kind), timezone.now()
        contracts.hand_in_report(pitch_id=found.pitch_id, kind=kind, by=user, now=now, **form.cleaned_data)
        return _("报告交上了，通过以前可以改。")

    show = partial(_page, request, found.pitch_id, form)
    return ask(request, form, act, back=_url(found.pitch_id), show=show)


def _own_report(user: User, report_id: int) -> PitchReport:
    own = Pitch.objects.pitched_by(user)
    return get_object_or_404(PitchReport.objects.filter(pitch__in=own.values("pk")), pk=report_id)


@own_post
def withdraw(request: HttpRequest, pitch_id: int) -> HttpResponse:
    """撤回."""
    user = signed_in(request)

    def act() -> str:
        pitches.withdraw_pitch(pitch_id=pitch_id, by=user, now=timezone.now())
        return _("项目撤回了。")

    return ask(request, PlainForm(request.POST), act, back=_url(pitch_id))
