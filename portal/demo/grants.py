"""Grants and market days in the demo: one of each that is open now, one of each that has been.

All of it passes through the verbs, at the time when it would have happened.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from centers.models import Division
from grants.actions.contracts import (
    accept_report,
    close_pitch,
    contract_pitch,
    hand_in_report,
    release_tranche,
)
from grants.actions.pitches import (
    advance_pitch,
    appoint_expert,
    close_call,
    make_pitch,
    open_call,
    score_pitch,
    vote,
)
from grants.models import GrantCall, Pitch
from grants.rules import PitchMove, ReportKind, TrancheDraft
from orders.actions.market import add_stall, announce_market, book_stall
from orders.models.market import Stall
from people.models import Person, User
from portal.demo.people import Folk
from volunteers.models.partners import PartnerShop, PartnerUnit
from volunteers.models.roll import Team, Volunteer
from volunteers.rules.takers import Taker, TakerKind

STREET, HOME = "花园路街道", "通信花园社区"
TEACHER, CONTACT, LEADER = "余桂婷", "李晓峰", "王桂兰"


class Together:
    """Builds them; nothing here is drawn by chance."""

    def __init__(self, data: dict[str, Any], divisions: dict[str, Division], folk: Folk, now: datetime):
        self.data, self.folk, self.now = data, folk, now
        self.street, self.home = divisions[STREET], divisions[HOME]
        self.officer, self.worker = folk.accounts["刘建国"], folk.worker
        # Residents who sign in by themselves, in the order of the register; the first is 王桂兰.
        self.signed_in = [person for person in folk.seniors if person.user_id and person.phone]

    def fill(self) -> None:
        """Who leads and who answers, the calls with their pitches, the market days."""
        self._voices()
        self._past_call()
        self._open_call()
        self._market(self._saturday(2), self.data["market"], days_known=5)
        self._market(self._saturday(-28), self.data["past_market"], days_known=12)

    def _ago(self, days: float) -> datetime:
        """Ten in the morning that many days ago, or ahead where they are negative."""
        day = timezone.localtime(self.now - timedelta(days=days))
        return day.replace(hour=10, minute=0, second=0, microsecond=0)

    def _saturday(self, days: int) -> datetime:
        """Nine o'clock on the first Saturday that many days from now or later."""
        today = timezone.localtime(self.now).replace(hour=9, minute=0, second=0, microsecond=0)
        day = today + timedelta(days=days)
        return day + timedelta(days=(5 - day.weekday()) % 7)

    # --- Grants ---------------------------------------------------------------------------------

    def _voices(self) -> None:
        """王桂兰 leads the choir, 李晓峰 answers for the association; others have others."""
        leaders = dict(zip(self.data["leaders"], self.signed_in, strict=False))
        for name, person in leaders.items():
            volunteer, _new = Volunteer.objects.get_or_create(
                person=person, defaults={"joined_at": self._ago(380)}
            )
            Team.objects.filter(division=self.street, name=name).update(leader=volunteer)
        contacts = [self.folk.accounts[CONTACT], *(p.user for p in self.signed_in[6:])]
        for name, user in zip(self.data["contacts"], contacts, strict=False):
            PartnerUnit.objects.filter(division=self.street, name=name).update(contact=user)

    def _call(self, words: list[str], *, opened: float, closes: float) -> GrantCall:
        call = open_call(
            division_id=self.street.pk,
            title=words[0],
            text=words[1],
            opens_at=self._ago(opened),
            closes_at=self._ago(closes),
            by=self.officer,
            now=self._ago(opened),
        )
        for expert in (self.folk.accounts[TEACHER], self.signed_in[20].user):
            assert expert is not None  # noqa: S101 - chosen because she has an account
            appoint_expert(call_id=call.pk, expert_id=expert.pk, by=self.officer, now=self._ago(opened))
        return call

    def _pitch(self, call: GrantCall, words: list[Any], days: float) -> Pitch:
        """What one of our teams or units pitched, and what residents said of it a day later."""
        who, title, text, yes, no = words
        team = (
            Team.objects.filter(division=self.street, name=who).select_related("leader__person__user").first()
        )
        unit = PartnerUnit.objects.filter(division=self.street, name=who).first()
        by = team.leader.person.user if team and team.leader else unit.contact if unit else None
        assert by is not None  # noqa: S101 - named in _voices
        pitch = make_pitch(
            call_id=call.pk,
            title=title,
            text=text,
            team_id=team.pk if team else None,
            unit_id=unit.pk if unit else None,
            by=by,
            now=self._ago(days),
        )
        for number, person in enumerate(self.signed_in[30 : 30 + yes + no]):
            assert person.user is not None  # noqa: S101 - signed_in
            vote(
                pitch_id=pitch.pk,
                person_id=person.pk,
                needed=number < yes,
                by=person.user,
                now=self._ago(days - 1),
            )
        return pitch

    def _open_call(self) -> None:
        words = self.data["call"]
        call = self._call(words, opened=9, closes=-20)
        for number, pitch in enumerate(self.data["pitches"]):
            self._pitch(call, pitch, 6 - number)

    def _past_call(self) -> None:
        """One project ended well, one is on its way with a report to be read, one was not chosen."""
        call = self._call(self.data["past_call"], opened=210, closes=185)
        ended, running, other = (self._pitch(call, words, 200) for words in self.data["past_pitches"])
        close_call(call_id=call.pk, by=self.officer, now=self._ago(184))
        for pitch in (ended, running, other):
            self._advance(pitch, PitchMove.SURVEY, 184)
        self._advance(other, PitchMove.REJECT, 183, reason=self.data["rejected"])
        for pitch, closing in ((ended, 30), (running, -70)):
            self._sign(pitch, closing)
        self._report(ended, ReportKind.MIDTERM, 113, accepted=111)
        self._release(ended, 105)
        self._report(ended, ReportKind.CLOSING, 33, accepted=30)
        self._release(ended, 28)
        close_pitch(pitch_id=ended.pk, by=self.officer, now=self._ago(27))
        self._report(running, ReportKind.MIDTERM, 3)

    def _advance(self, pitch: Pitch, move: PitchMove, days: float, reason: str = "") -> None:
        advance_pitch(pitch_id=pitch.pk, move=move, reason=reason, by=self.officer, now=self._ago(days))

    def _sign(self, pitch: Pitch, closing: float) -> None:
        """From the short list to the first part of the support; the report is due on a day."""
        self._advance(pitch, PitchMove.SHORTLIST, 183)
        for number, expert in enumerate(pitch.call.experts.order_by("pk")):
            score_pitch(
                pitch_id=pitch.pk,
                need=90 - number * 4,
                plan=82 + number,
                means=76 + number * 3,
                note=self.data["notes"][number],
                by=expert,
                now=self._ago(181),
            )
        self._advance(pitch, PitchMove.SCORE, 180)
        middle = (175 + closing) / 2
        shares = ((40, 172), (40, middle - 5), (20, closing - 10))
        contract_pitch(
            pitch_id=pitch.pk,
            contract_no=f"HYL-{self._ago(175):%Y%m}-{pitch.pk}",
            tranches=[TrancheDraft(share, self._ago(days).date()) for share, days in shares],
            midterm_on=self._ago(middle).date() if closing > 0 else self._ago(2).date(),
            closing_on=self._ago(closing).date(),
            by=self.officer,
            now=self._ago(175),
        )
        self._advance(pitch, PitchMove.START, 173)
        self._release(pitch, 172)

    def _report(self, pitch: Pitch, kind: ReportKind, days: float, accepted: float | None = None) -> None:
        services, attendances, text = self.data["reports"][kind]
        hand_in_report(
            pitch_id=pitch.pk,
            kind=kind,
            services=services,
            attendances=attendances,
            text=text,
            by=pitch.pitched_by,
            now=self._ago(days),
        )
        if accepted is not None:
            accept_report(pitch_id=pitch.pk, kind=kind, by=self.officer, now=self._ago(accepted))

    def _release(self, pitch: Pitch, days: float) -> None:
        tranche = pitch.tranches.filter(released_at=None).first()
        assert tranche is not None  # noqa: S101 - three parts, three calls
        release_tranche(tranche_id=tranche.pk, by=self.officer, now=self._ago(days))

    # --- Market days ----------------------------------------------------------------------------

    def _market(self, opens_at: datetime, data: dict[str, Any], *, days_known: int) -> None:
        """A Saturday morning; announced some days ahead, and who has booked since."""
        announced = min(self._ago(1), opens_at) - timedelta(days=days_known)
        market = announce_market(
            division_id=self.home.pk,
            title=data["title"],
            place=data["place"],
            opens_at=opens_at,
            closes_at=opens_at + timedelta(hours=2, minutes=30),
            by=self.worker,
            now=announced,
        )
        for number, (kind, name, offers, places, minutes) in enumerate(data["stalls"]):
            stall = add_stall(
                market_id=market.pk,
                keeper=self._keeper(TakerKind(kind), name),
                offers=offers,
                places=places,
                slot_minutes=minutes,
                by=self.worker,
                now=announced,
            )
            self._book(stall, self._guests(number), announced + timedelta(hours=5))

    def _keeper(self, kind: TakerKind, name: str) -> Taker:
        models = {TakerKind.SHOP: PartnerShop, TakerKind.TEAM: Team, TakerKind.UNIT: PartnerUnit}
        found = models[kind]._default_manager.get(name=name, division__in=[self.home, self.street])
        return Taker(kind, found.pk)

    def _guests(self, number: int) -> list[Person]:
        """王桂兰 at the first stall, and some neighbours; more at one stall than at the next."""
        some = self.signed_in[40 + number * 7 : 46 + number * 5]
        return [self.signed_in[0], *some] if number == 0 else some

    def _book(self, stall: Stall, guests: list[Person], now: datetime) -> None:
        for number, person in enumerate(guests):
            by: User = person.user or self.worker
            book_stall(
                stall_id=stall.pk,
                person_id=person.pk,
                starts_at=stall.market.opens_at
                + timedelta(minutes=stall.slot_minutes * (number // stall.slots)),
                by=by,
                now=now,
            )
