"""Calls and pitches in the back office: looked at with all that belongs to them, moved by verbs."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from common.admin import ReadOnlyAdmin, ReasonForm, ScopedInline, Verb, VerbAdmin, VerbForm, reach
from common.days import SHANGHAI
from common.errors import DomainError
from common.fields import PlaceField
from common.forms import set_rows
from common.phones import read_phone
from common.reach import within
from grants.actions.contracts import (
    accept_report,
    close_pitch,
    contract_pitch,
    excuse_report,
    release_tranche,
)
from grants.actions.pitches import advance_pitch, appoint_expert, close_call, open_call
from grants.forms import ContractFields
from grants.models import ExpertScore, GrantCall, Pitch, PitchEvent, PitchReport, Tranche
from grants.rules import CALLS, PITCHES, CallMove, PitchMove, ReportKind
from people.models import User

RUNS = "grants.change"


class OpenCallForm(VerbForm):
    """A new call."""

    title = forms.CharField(label=_("名称"), max_length=40)
    division = PlaceField(label=_("在哪里"))
    text = forms.CharField(label=_("征集什么"), max_length=2000, widget=forms.Textarea)
    opens_on = forms.DateField(label=_("哪天开始"), help_text=_("例如 2026-12-02"))
    closes_on = forms.DateField(label=_("收到哪天（含）"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_rows(self, "division", within(Division.objects.order_by("path"), "", self.user.reach(RUNS)))


class PhoneForm(VerbForm):
    """Whose account."""

    phone = forms.CharField(label=_("账号的手机号"), max_length=20)


class PaperForm(ContractFields, VerbForm):
    """What the contract says."""


def _open(
    _row: None,
    *,
    by: User,
    now: datetime,
    title: str,
    division: Division,
    text: str,
    opens_on: date,
    closes_on: date,
) -> str:
    open_call(
        division_id=division.pk,
        title=title,
        text=text,
        opens_at=datetime.combine(opens_on, time(), SHANGHAI),
        closes_at=datetime.combine(closes_on, time(23, 59), SHANGHAI),
        by=by,
        now=now,
    )
    return _t("征集发出了。")


def _close_call(call: GrantCall, *, by: User, now: datetime) -> str:
    close_call(call_id=call.pk, by=by, now=now)
    return _t("征集截止了。")


def _expert(call: GrantCall, *, by: User, now: datetime, phone: str) -> str:
    expert = User.objects.filter(phone=read_phone(phone) or "-").first()
    appoint_expert(call_id=call.pk, expert_id=expert.pk if expert else 0, by=by, now=now)
    return _t("专家请好了，登录后在项目页面上评分。")


@admin.register(GrantCall)
class GrantCallAdmin(ReadOnlyAdmin, VerbAdmin):
    see, place = RUNS, "division"
    list_display = ("title", "division", "opens_at", "closes_at", "state")
    list_filter = ("state",)
    list_select_related = ("division",)
    search_fields = ("title",)
    ordering = ("-id",)
    fields = (
        ("title", "division"),
        "text",
        ("opens_at", "closes_at"),
        "state",
        "expert_names",
        "opened_by",
    )
    readonly_fields = ("expert_names",)
    verbs = (
        Verb("open", _("发起征集"), _open, RUNS, form=OpenCallForm, style="primary", whole_list=True),
        Verb("expert", _("请专家"), _expert, RUNS, form=PhoneForm),
        Verb(
            "close",
            _("提前截止"),
            _close_call,
            RUNS,
            confirm=_("截止以后不再收项目，确定吗？"),
            style="danger",
            offered=CALLS.offers(CallMove.CLOSE),
        ),
    )

    def scope(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return within(rows, "division", reach(request, self.see))

    @admin.display(description=_("评审专家"))
    def expert_names(self, call: GrantCall) -> str:
        return "、".join(str(expert) for expert in call.experts.all())


# --- Pitches ----------------------------------------------------------------------------------


class _Shown(ScopedInline):
    """Parts of a pitch: written by its verbs."""

    max_num = 0
    can_delete = False
    hide_title = True
    related: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("pitch", *self.related)


class PitchEventInline(_Shown):
    model = PitchEvent
    fields = readonly_fields = ("event", "frm", "to", "party", "by", "reason", "at")
    related = ("by", "words")


class ExpertScoreInline(_Shown):
    model = ExpertScore
    fields = readonly_fields = ("expert", "need", "plan", "means", "note", "at")
    related = ("expert", "words")


class TrancheInline(_Shown):
    model = Tranche
    fields = readonly_fields = ("number", "share", "due_on", "condition", "released_at", "released_by")
    related = ("released_by",)


class PitchReportInline(_Shown):
    model = PitchReport
    fields = readonly_fields = (
        "kind",
        "due_on",
        "handed_in_at",
        "services",
        "attendances",
        "text",
        "accepted_at",
        "excused_at",
        "excuse",
    )


def _step(move: PitchMove) -> Callable[..., str]:
    def call(pitch: Pitch, *, by: User, now: datetime, reason: str = "") -> str:
        done = advance_pitch(pitch_id=pitch.pk, move=move, reason=reason, by=by, now=now)
        return _t("项目现在是“%(state)s”。") % {"state": done.get_state_display()}

    return call


def _contract(pitch: Pitch, *, by: User, now: datetime, **paper: Any) -> str:
    contract_pitch(pitch_id=pitch.pk, by=by, now=now, **PaperForm.told_of(paper))
    return _t("签约登记好了，接下来启动。")


def _first(pitch: Pitch, **which: Any) -> PitchReport | None:
    return pitch.reports.filter(**which).first()


def _accept(pitch: Pitch, *, by: User, now: datetime) -> str:
    report = _first(pitch, handed_in_at__isnull=False, accepted_at=None)
    kind = ReportKind(report.kind) if report else ReportKind.MIDTERM
    accept_report(pitch_id=pitch.pk, kind=kind, by=by, now=now)
    return _t("报告通过了。")


def _excuse(pitch: Pitch, *, by: User, now: datetime, reason: str) -> str:
    late = (one for one in pitch.reports.filter(excused_at=None) if one.late_at(now))
    report = next(late, None)
    kind = ReportKind(report.kind) if report else ReportKind.MIDTERM
    excuse_report(pitch_id=pitch.pk, kind=kind, reason=reason, by=by, now=now)
    return _t("裁定记下了，报告仍记作迟交。")


def _release(pitch: Pitch, *, by: User, now: datetime) -> str:
    tranche = pitch.tranches.filter(released_at=None).first()
    if tranche is None:
        raise DomainError("TRANCHE_REFUSED", _t("各期都已经放行。"))
    release_tranche(tranche_id=tranche.pk, by=by, now=now)
    return _t("这一期放行了。")


def _close(pitch: Pitch, *, by: User, now: datetime) -> str:
    close_pitch(pitch_id=pitch.pk, by=by, now=now)
    return _t("项目结项了。")


# What was promised is seen to until the pitch is closed.
_running = PITCHES.offers(PitchMove.CLOSE)


def _handed_in(pitch: Any) -> bool:
    return _first(pitch, handed_in_at__isnull=False, accepted_at=None) is not None


def _to_release(pitch: Any) -> bool:
    return bool(_running(pitch) and pitch.tranches.filter(released_at=None).exists())


V = PitchMove


@admin.register(Pitch)
class PitchAdmin(ReadOnlyAdmin, VerbAdmin):
    see, place = RUNS, "call__division"
    list_display = ("title", "pitcher_name", "call", "state", "pitched_at", "contract_no")
    list_filter = ("state",)
    list_select_related = ("call", "team", "unit")
    search_fields = ("title", "team__name", "unit__name", "contract_no")
    ordering = ("-id",)
    fields = (
        ("title", "pitcher_name"),
        ("call", "state"),
        "text",
        ("pitched_by", "pitched_at"),
        "said",
        ("contract_no", "order"),
    )
    readonly_fields = ("pitcher_name", "said")
    inlines = (ExpertScoreInline, TrancheInline, PitchReportInline, PitchEventInline)
    verbs = (
        Verb(
            "survey", V.SURVEY.label, _step(V.SURVEY), RUNS, style="primary", offered=PITCHES.offers(V.SURVEY)
        ),
        Verb(
            "shortlist",
            V.SHORTLIST.label,
            _step(V.SHORTLIST),
            RUNS,
            style="primary",
            offered=PITCHES.offers(V.SHORTLIST),
        ),
        Verb("score", V.SCORE.label, _step(V.SCORE), RUNS, style="primary", offered=PITCHES.offers(V.SCORE)),
        Verb(
            "contract",
            V.CONTRACT.label,
            _contract,
            RUNS,
            form=PaperForm,
            style="primary",
            offered=PITCHES.offers(V.CONTRACT),
        ),
        Verb("start", V.START.label, _step(V.START), RUNS, style="primary", offered=PITCHES.offers(V.START)),
        Verb("accept", _("通过报告"), _accept, RUNS, style="primary", offered=_handed_in),
        Verb(
            "release",
            _("放行下一期"),
            _release,
            RUNS,
            confirm=_("放行后不能收回，确定吗？"),
            offered=_to_release,
        ),
        Verb(
            "excuse",
            _("裁定迟交"),
            _excuse,
            RUNS,
            form=ReasonForm,
            offered=_running,
        ),
        Verb(
            "close",
            V.CLOSE.label,
            _close,
            RUNS,
            confirm=_("结项以后不能再改，确定吗？"),
            offered=PITCHES.offers(V.CLOSE),
        ),
        Verb(
            "reject",
            V.REJECT.label,
            _step(V.REJECT),
            RUNS,
            form=ReasonForm,
            style="danger",
            offered=PITCHES.offers(V.REJECT),
        ),
    )

    def scope(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Only what the post reaches: one's own pitches belong on one's own page."""
        return within(rows, "call__division", reach(request, self.see))

    @admin.display(description=_("申报方"))
    def pitcher_name(self, pitch: Pitch) -> str:
        return pitch.pitcher

    @admin.display(description=_("居民怎么说"))
    def said(self, pitch: Pitch) -> str | Promise:
        totals = pitch.survey()
        few = _t("不到 5 人")
        words = {"yes": few, "no": few}
        if totals.needed is not None:
            words["yes"] = _t("%(n)s 人") % {"n": totals.needed}
        if totals.not_needed is not None:
            words["no"] = _t("%(n)s 人") % {"n": totals.not_needed}
        return _t("需要：%(yes)s；不需要：%(no)s") % words
