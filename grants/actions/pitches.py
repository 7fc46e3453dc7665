"""Verbs of a grant call and its pitches, up to the contract: call, pitch, survey, review."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from centers.models import Division
from common.errors import DomainError, NotAllowed
from common.steps import refuse_lacking
from grants.actions.letters import tell_appointed, tell_days, tell_experts, tell_pitcher
from grants.models import ExpertScore, GrantCall, Pitch, PitchEvent, PitchVote
from grants.rules import CALLS, PITCHES, CallMove, PitchMove, PitchParty, PitchState
from orders.rules.orders import LONGEST_REASON
from people.actions import words
from people.authority import is_own, is_own_account, is_proved, may_act, refuse_unproved
from people.models import Person, User, acts_for
from volunteers.models.partners import PartnerUnit
from volunteers.models.roll import Team

# Steps that staff take without telling more than why.
STEPS = (PitchMove.SURVEY, PitchMove.SHORTLIST, PitchMove.REJECT, PitchMove.SCORE, PitchMove.START)


class GrantRefused(DomainError):
    code = "GRANT_REFUSED"


class PitchStuck(DomainError):
    code = "MOVE_REFUSED"


def no_such_pitch() -> NotAllowed:
    return NotAllowed(message=_("没有找到这个创投项目，或者它不归您办。"))


def lock_pitch(pitch_id: int) -> Pitch:
    """The pitch, locked, with its call and who pitched it."""
    pitch: Pitch | None = (
        Pitch.objects.select_for_update(no_key=True, of=("self",))
        .select_related("call__division", "team", "unit", "order")
        .filter(pk=pitch_id)
        .first()
    )
    if pitch is None:
        raise no_such_pitch()
    return pitch


def staff_of(by: User, pitch: Pitch) -> None:
    """Refuses NOT_ALLOWED to who does not run grants where the call is, OWN_PITCH for one's own."""
    if not may_act(by=by, verb="grants.change", row=pitch.call.division):
        raise no_such_pitch()
    if _is_own(by, pitch):
        raise DomainError("OWN_PITCH", _("自己或家人的项目，要由另一位工作人员来办。"))


def _is_own(by: User, pitch: Pitch) -> bool:
    """Whether she, or one of hers, pitched it or answers for the team or unit now."""
    accounts = (pitch.pitched_by, pitch.unit.contact if pitch.unit else None)
    leader = pitch.team.leader.person if pitch.team and pitch.team.leader else None
    return is_own(by, leader) or any(is_own_account(by, account) for account in accounts)


def pitcher_of(by: User, pitch: Pitch) -> None:
    """Refuses NOT_ALLOWED to who does not answer for the pitching team or unit."""
    if not Pitch.objects.pitched_by(by).filter(pk=pitch.pk).exists():
        raise no_such_pitch()


def step(pitch: Pitch, move: PitchMove, party: PitchParty, by: User, now: datetime, reason: str = "") -> None:
    """Moves a locked pitch along the table and appends the history.

    Refuses MOVE_REFUSED, and REASON_NEEDED where the table asks for one.
    """
    found = PITCHES.next(pitch.state, move, {party})
    if found is None:
        told = {"state": pitch.get_state_display(), "move": move.label}
        raise PitchStuck(message=_("这个项目现在是“%(state)s”，不能%(move)s。") % told)
    refuse_lacking(found[0], reason=reason)
    frm, pitch.state = pitch.state, found[0].to
    pitch.save()
    PitchEvent.objects.create(
        pitch=pitch,
        event=move,
        frm=frm,
        to=pitch.state,
        party=party,
        by=by,
        words=words.keep(reason[:LONGEST_REASON]),
        at=now,
    )


@transaction.atomic
def open_call(
    *,
    division_id: int,
    title: str,
    text: str,
    opens_at: datetime,
    closes_at: datetime,
    by: User,
    now: datetime,
) -> GrantCall:
    """发起征集: calls for projects that the residents of a place need.

    Refuses NOT_ALLOWED and GRANT_REFUSED (no words, ends before it begins or before now).
    """
    division = Division.objects.filter(pk=division_id).first()
    if division is None or not may_act(by=by, verb="grants.change", row=division):
        raise NotAllowed(message=_("这个地方不在您负责的范围内。"))
    if len(title.strip()) < 2 or len(text.strip()) < 2 or closes_at <= max(opens_at, now):
        raise GrantRefused(message=_("请写明名称和征集什么，截止时间要在开始和现在之后。"))
    return GrantCall.objects.create(
        division=division,
        title=title.strip()[:40],
        text=text.strip()[:2000],
        opens_at=opens_at,
        closes_at=closes_at,
        opened_by=by,
    )


def _call(call_id: int) -> GrantCall:
    call: GrantCall | None = (
        GrantCall.objects.select_for_update(no_key=True, of=("self",))
        .select_related("division")
        .filter(pk=call_id)
        .first()
    )
    if call is None:
        raise NotAllowed(message=_("没有找到这次征集。"))
    return call


@transaction.atomic
def close_call(*, call_id: int, by: User, now: datetime) -> GrantCall:
    """截止征集: nothing is pitched any more. Twice changes nothing. Refuses NOT_ALLOWED."""
    call = _call(call_id)
    if not may_act(by=by, verb="grants.change", row=call.division):
        raise NotAllowed(message=_("没有找到这次征集。"))
    if found := CALLS.next(call.state, CallMove.CLOSE, {PitchParty.STAFF}):
        call.state = found[0].to
        call.save(update_fields=["state"])
    return call


@transaction.atomic
def appoint_expert(*, call_id: int, expert_id: int, by: User, now: datetime) -> GrantCall:
    """请专家: who may score the pitches of a call, but for those of her own team or unit.

    Twice changes nothing. Refuses NOT_ALLOWED, GRANT_REFUSED (no such account), NOT_PROVED.
    """
    call = _call(call_id)
    if not may_act(by=by, verb="grants.change", row=call.division):
        raise NotAllowed(message=_("没有找到这次征集。"))
    expert = User.objects.filter(pk=expert_id, is_active=True).first()
    if expert is None:
        raise GrantRefused(message=_("没有找到这个账号，请专家先注册。"))
    refuse_unproved(expert)
    call.experts.add(expert)
    tell_appointed(call, expert, now)
    return call


@transaction.atomic
def make_pitch(
    *,
    call_id: int,
    title: str,
    text: str,
    by: User,
    now: datetime,
    team_id: int | None = None,
    unit_id: int | None = None,
) -> Pitch:
    """报项目: a team (by its leader) or a unit (by its contact) offers to do something.

    Refuses NOT_ALLOWED, NOT_OPEN, GRANT_REFUSED (no words), ALREADY_PITCHED (that title).
    """
    call = _call(call_id)
    team = Team.objects.filter(pk=team_id or 0, leader__person__user=by).first()
    unit = PartnerUnit.objects.filter(pk=unit_id or 0, contact=by).first()
    if (team is None) == (unit is None):
        raise NotAllowed(message=_("请由队伍的负责人或单位的联络人来报。"))
    if not call.open_at(now):
        raise DomainError("NOT_OPEN", _("这次征集现在不收项目，请看征集的起止时间。"))
    if len(title.strip()) < 2 or len(text.strip()) < 2:
        raise GrantRefused(message=_("请写明项目名称，和做什么、给谁做、怎么做。"))
    pitch = Pitch(call=call, team=team, unit=unit, title=title.strip()[:40], text=text.strip()[:2000])
    pitch.pitched_by, pitch.pitched_at = by, now
    try:
        with transaction.atomic():
            pitch.save(force_insert=True)
    except IntegrityError as error:
        if "pitch_once" not in str(error):
            raise
        raise DomainError("ALREADY_PITCHED", _("这个名称的项目已经报过，请换个名称或去看那一个。")) from None
    tell_pitcher(pitch, "RECEIVED", now)
    return pitch


@transaction.atomic
def withdraw_pitch(*, pitch_id: int, by: User, now: datetime) -> Pitch:
    """撤回项目: the pitcher takes it back, until the contract. Twice changes nothing.

    Refuses NOT_ALLOWED, MOVE_REFUSED.
    """
    pitch = lock_pitch(pitch_id)
    pitcher_of(by, pitch)
    if pitch.state != PitchState.WITHDRAWN:
        step(pitch, PitchMove.WITHDRAW, PitchParty.PITCHER, by, now)
    return pitch


@transaction.atomic
def vote(*, pitch_id: int, person_id: int, needed: bool, by: User, now: datetime) -> PitchVote:
    """征询: one resident says whether a project is needed, once; only totals are ever shown.

    The same word twice changes nothing. Refuses NOT_ALLOWED (not one's own person or ward), NOT_PROVED,
    OUT_OF_AREA (who does not live where the call is), SURVEY_OVER, ALREADY_VOTED (another word).
    """
    pitch = Pitch.objects.select_related("call__division").filter(pk=pitch_id).first()
    person = acts_for(by).select_related("home").filter(pk=person_id).first()
    if pitch is None or person is None:
        raise NotAllowed(message=_("您不能替这位居民回答。"))
    if not is_proved(by):  # one stranger with nine invented children is nine votes
        raise DomainError(
            "NOT_PROVED", _("征询只问核实过的居民：请到服务台打印登录验证码，登录一次，再来回答。")
        )
    if pitch.state != PitchState.PITCHED:
        raise DomainError("SURVEY_OVER", _("这个项目的征询已经结束，谢谢您。"))
    _lives_there(person, pitch.call.division)
    said, _made = PitchVote.objects.get_or_create(
        pitch=pitch, person=person, defaults={"needed": needed, "at": now}
    )
    if said.needed != needed:
        raise DomainError("ALREADY_VOTED", _("这位居民已经回答过，每人一次。"))
    return said


def _lives_there(person: Person, division: Division) -> None:
    if person.home is None or not division.contains(person.home):
        raise DomainError("OUT_OF_AREA", _("只问%(place)s的居民。") % {"place": division})


def _expert_of(by: User, pitch: Pitch) -> None:
    if not pitch.call.experts.filter(pk=by.pk).exists():
        raise no_such_pitch()
    if _is_own(by, pitch):
        raise DomainError("OWN_PITCH", _("不能给自己或家人的项目评分。"))


@transaction.atomic
def score_pitch(
    *, pitch_id: int, need: int, plan: int, means: int, by: User, now: datetime, note: str = ""
) -> ExpertScore:
    """评分: an expert of the call gives three figures, 0 to 100 each, once.

    Not for a pitch of her own team or unit. The same figures again change nothing. Refuses
    NOT_ALLOWED, MOVE_REFUSED (not shortlisted), SCORE_RANGE, OWN_PITCH, ALREADY_SCORED.
    """
    pitch = lock_pitch(pitch_id)
    _expert_of(by, pitch)
    if pitch.state != PitchState.SHORTLISTED:
        raise PitchStuck(message=_("只给入围、还没有结束评审的项目评分。"))
    if not all(0 <= figure <= 100 for figure in (need, plan, means)):
        raise DomainError("SCORE_RANGE", _("每项请写 0 到 100 的整数。"))
    if first := ExpertScore.objects.filter(pitch=pitch, expert=by).first():
        if (first.need, first.plan, first.means) != (need, plan, means):
            raise DomainError("ALREADY_SCORED", _("您已经评过，评分不能改。"))
        return first
    try:
        with transaction.atomic():
            said = words.keep(note[:LONGEST_REASON])
            return ExpertScore.objects.create(
                pitch=pitch, expert=by, need=need, plan=plan, means=means, words=said, at=now
            )
    except IntegrityError as error:
        if "judge a pitch of their own" not in str(error):
            raise
        raise DomainError("OWN_PITCH", _("不能给自己队伍或单位的项目评分。")) from None


@transaction.atomic
def advance_pitch(*, pitch_id: int, move: PitchMove, by: User, now: datetime, reason: str = "") -> Pitch:
    """推进项目: staff end the survey, shortlist, reject with a reason, end the review, or start it.

    Refuses NOT_ALLOWED, MOVE_REFUSED, REASON_NEEDED (reject), NO_SCORES (review without a score).
    """
    pitch = lock_pitch(pitch_id)
    staff_of(by, pitch)
    if move not in STEPS:
        raise PitchStuck(message=_("这一步请用项目页面上的按钮。"))
    if move == PitchMove.SCORE and not pitch.scores.exists():
        raise DomainError("NO_SCORES", _("还没有专家评分，请先请专家评。"))
    step(pitch, move, PitchParty.STAFF, by, now, reason.strip())
    _tell(pitch, move, now, reason.strip())
    return pitch


def _tell(pitch: Pitch, move: PitchMove, now: datetime, reason: str) -> None:
    """Ending the survey or the review is the office's own work, and no news."""
    if move == PitchMove.START:
        tell_days(pitch, move, now)
    elif move in {PitchMove.SHORTLIST, PitchMove.REJECT}:
        tell_pitcher(pitch, move, now, reason=reason[:LONGEST_REASON])
    if move == PitchMove.SHORTLIST:
        tell_experts(pitch, now)
