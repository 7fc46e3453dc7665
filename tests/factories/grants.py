"""Calls, pitches and contracts of 公益创投, brought to where a test begins."""

from datetime import date

from grants.actions.contracts import contract_pitch, hand_in_report
from grants.actions.pitches import advance_pitch, score_pitch
from grants.rules import PitchMove, PitchState, ReportKind, TrancheDraft

P, V = PitchState, PitchMove


WHOLE = [
    TrancheDraft(40, date(2026, 12, 1)),
    TrancheDraft(40, date(2027, 3, 1)),
    TrancheDraft(20, date(2027, 6, 30)),
]


def contract(pitch, by, now, **fields):
    told = {
        "contract_no": "CT-1",
        "tranches": WHOLE,
        "midterm_on": date(2027, 3, 1),
        "closing_on": date(2027, 6, 20),
    }
    return contract_pitch(pitch_id=pitch.pk, by=by, now=now, **{**told, **fields})


def brought(state, pitch, director, expert, now):
    """Takes a pitch along the way to `state`."""
    one = {"pitch_id": pitch.pk, "by": director, "now": now}
    steps = [
        (P.SURVEYED, lambda: advance_pitch(**one, move=V.SURVEY)),
        (P.SHORTLISTED, lambda: advance_pitch(**one, move=V.SHORTLIST)),
        (P.SCORED, lambda: score(pitch, expert, now) and advance_pitch(**one, move=V.SCORE)),
        (P.CONTRACTED, lambda: contract(pitch, director, now)),
        (P.RUNNING, lambda: advance_pitch(**one, move=V.START)),
    ]
    pitch.refresh_from_db()
    been = [P.PITCHED, *(reached for reached, _step in steps)].index(pitch.state)
    for reached, step in steps[been:]:
        if pitch.state == state:
            break
        step()
        pitch.refresh_from_db()
        assert pitch.state == reached
    return pitch


def score(pitch, by, now, **figures):
    told = {"need": 80, "plan": 70, "means": 60, **figures}
    return score_pitch(pitch_id=pitch.pk, by=by, now=now, **told)


def report(pitch, kind, by, at, **fields):
    told = {"services": 12, "attendances": 140, "text": "上门 12 次", **fields}
    return hand_in_report(pitch_id=pitch.pk, kind=ReportKind(kind), by=by, now=at, **told)
