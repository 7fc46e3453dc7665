"""A year of volunteering in the demo: shifts, approved hours, points, gifts, orders.

History is written in bulk where it is only looked at; hours, points and gifts all pass through the
ledger's verbs, so that the book balances by itself.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from centers.models import Center
from common.errors import DomainError
from orders.actions.completion import confirm, draw_callbacks, mark_done
from orders.actions.dispatch import offer_order, take_order
from orders.actions.orders import accept_order, escalate_orders, post_project, request_order
from orders.models.orders import ServiceItem
from orders.rules.orders import ConfirmedBy, OrderKind
from people.models import Person, User
from points.actions.earning import approve_service, fund_budget
from points.actions.gifts import hand_out, redeem, take_in
from points.models.gifts import Gift
from points.models.policy import Budget, Policy
from portal.demo.data import read
from portal.demo.grants import Together
from portal.demo.people import Folk
from portal.demo.places import Places
from volunteers.actions.shifts import plan_ahead
from volunteers.actions.signups import sign_up
from volunteers.models.partners import PartnerShop, PartnerUnit
from volunteers.models.roll import Skill, Team, Volunteer
from volunteers.models.service import Evidence, ServiceRecord
from volunteers.models.shifts import Activity, Shift
from volunteers.models.signups import ShiftSignup
from volunteers.rules.service import EvidenceKind
from volunteers.rules.shifts import ActivityState, Repeats, ShiftState, SignupState
from volunteers.rules.takers import Taker, TakerKind

HOME = "通信花园社区"
VOLUNTEERS, PAST_SHIFTS, AT_EACH, GIFTS_HANDED_OUT, REDEEMERS = 90, 20, 8, 90, 60
FUNDED = 30_000


class Volunteering:
    """Builds it; every random choice is drawn in a fixed order."""

    def __init__(self, rng: Random, places: Places, folk: Folk, now: datetime) -> None:
        self.rng, self.folk, self.now = rng, folk, now
        self.data: dict[str, Any] = read("volunteering")
        self.divisions = places.divisions
        self.street = places.divisions["花园路街道"]
        self.home = places.divisions[HOME]
        self.center = Center.objects.get(division=self.home)
        self.officer, self.director = folk.accounts["刘建国"], folk.accounts["孙丽华"]
        self.today = timezone.localdate(now)

    def fill(self) -> None:
        """The register, the rules, a year of service, what was spent, what is asked for now."""
        self._partners()
        self._rules()
        self._volunteers()
        self._year()
        self._gifts()
        self._coming()
        self._orders()
        Together(self.data["grants"], self.divisions, self.folk, self.now).fill()

    def _days_ago(self, days: int, hour: int = 9) -> datetime:
        day = self.today - timedelta(days=days)
        return timezone.make_aware(datetime.combine(day, time(hour)))

    def _partners(self) -> None:
        street = self.street
        PartnerUnit.objects.bulk_create(
            [PartnerUnit(name=name, division=street) for name in self.data["units"]]
        )
        PartnerShop.objects.bulk_create(
            [PartnerShop(name=name, trade=trade, division=self.home) for name, trade in self.data["shops"]]
        )
        Team.objects.bulk_create(
            [Team(name=name, kind="CLUB", division=street) for name in self.data["clubs"]]
            + [Team(name="通信花园志愿服务队", kind="TEAM", division=self.home)]
        )
        skills = {name: Skill.objects.create(name=name) for name in self.data["skills"]}
        ServiceItem.objects.bulk_create(
            [
                ServiceItem(
                    name=name,
                    about=about,
                    division=street,
                    skill=skills.get(skill),
                    minutes=minutes,
                    dangerous=dangerous,
                    points=points,
                )
                for name, about, skill, minutes, dangerous, points in self.data["items"]
            ]
        )

    def _rules(self) -> None:
        year_ago = self.today - timedelta(days=400)
        Policy.objects.create(
            division=self.street,
            valid_from=year_ago,
            points_per_hour=10,
            daily_cap=40,
            pair_minutes_cap=600,
            expires_after_days=730,
            source="花园路街道时间银行试行办法（示例）",
            by=self.officer,
        )
        self.budget = Budget.objects.create(division=self.street, name="街道时间银行积分预算")
        fund_budget(
            key="demo",
            budget_id=self.budget.pk,
            points=FUNDED,
            source="街道年度公益经费（示例）",
            by=self.officer,
            now=self._days_ago(390),
        )

    def _volunteers(self) -> None:
        people: list[Person] = [*self.folk.seniors[:VOLUNTEERS], *self.folk.young[:10]]
        insured = self.today + timedelta(days=200)
        self.volunteers = Volunteer.objects.bulk_create(
            [
                Volunteer(
                    person=person,
                    joined_at=self._days_ago(380),
                    honour_consent=number % 3 == 0,
                    insured_until=insured if number % 2 else None,
                )
                for number, person in enumerate(people)
            ]
        )
        skills = list(Skill.objects.order_by("pk"))
        Volunteer.skills.through.objects.bulk_create(
            [
                Volunteer.skills.through(volunteer=volunteer, skill=self.rng.choice(skills))
                for volunteer in self.volunteers
            ]
        )

    def _activity(self, title: str, about: str, **fields: Any) -> Activity:
        told = {"starts": time(9), "ends": time(11), "places": 20, **fields}
        made = Activity.objects.create(
            title=title,
            about=about,
            division=self.home,
            center=self.center,
            organiser=self.volunteers[1],
            starts_on=self.today - timedelta(days=370),
            **told,
        )
        made.state = ActivityState.PUBLISHED
        made.save(update_fields=["state"])
        return made

    def _year(self) -> None:
        """Every Friday's sweep and the last Saturday's clean-up, with who came and what it earned."""
        sweep = self._activity(
            "周五清扫责任区", "带扫帚和手套，扫自己认领的那一段。", repeats=Repeats.WEEKLY, weekday=5
        )
        clean_up = self._activity(
            "楼院清洁日",
            "楼长吹哨集合；那天来不了，告诉楼长，早做晚做都算。",
            repeats=Repeats.LAST,
            weekday=6,
            places=30,
        )
        self.recurring = [sweep, clean_up]
        fridays = [day for day in range(3, 370) if (self.today - timedelta(days=day)).isoweekday() == 5]
        for days in reversed(fridays[:PAST_SHIFTS]):
            self._past(sweep, days)

    def _past(self, activity: Activity, days: int) -> None:
        starts_at = self._days_ago(days)
        ends_at = starts_at + timedelta(hours=2)
        shift = Shift.objects.create(
            activity=activity,
            starts_at=starts_at,
            ends_at=ends_at,
            planned_at=starts_at,
            places=activity.places,
        )
        # 王桂兰 comes every other week, so that her passbook has something to show.
        came = self.rng.sample(self.volunteers[1:], AT_EACH)
        if days // 7 % 2:
            came[0] = self.volunteers[0]
        ShiftSignup.objects.bulk_create(
            [
                ShiftSignup(
                    shift=shift,
                    volunteer=volunteer,
                    state=SignupState.SIGNED,
                    position=number,
                    created_at=starts_at - timedelta(days=2),
                    changed_at=ends_at,
                )
                for number, volunteer in enumerate(came, 1)
            ]
        )
        there = {"check_in_kind": "QR", "checked_in_at": starts_at, "checked_out_at": ends_at}
        shift.signups.update(state=SignupState.CAME, **there)
        Shift.objects.filter(pk=shift.pk).update(state=ShiftState.CLOSED, closed_at=ends_at)
        self._earn(shift, came)

    def _earn(self, shift: Shift, came: list[Volunteer]) -> None:
        at = shift.ends_at
        records = ServiceRecord.objects.bulk_create(
            [
                ServiceRecord(
                    volunteer=volunteer,
                    source_key=f"shift:{shift.pk}",
                    title=shift.activity.title,
                    division=self.home,
                    served_on=timezone.localdate(shift.starts_at),
                    minutes=120,
                    recorded_by=self.folk.worker,
                    recorded_at=at,
                )
                for volunteer in came
            ]
        )
        Evidence.objects.bulk_create(
            [
                Evidence(record=record, kind=kind, at=at, by=self.folk.worker)
                for record in records
                for kind in (EvidenceKind.QR, EvidenceKind.LIST)
            ]
        )
        # Those of the last fortnight still wait for the director.
        if at < self.now - timedelta(days=14):
            for record in records:
                approve_service(record_id=record.pk, by=self.director, now=at + timedelta(days=1))

    def _gifts(self) -> None:
        gifts = []
        for name, points, units in self.data["gifts"]:
            gift = Gift.objects.create(center=self.center, name=name, points=points)
            take_in(
                key=f"demo{gift.pk}",
                gift_id=gift.pk,
                units=units,
                budget_id=self.budget.pk,
                note="集中采购（示例）",
                by=self.director,
                now=self._days_ago(200),
            )
            gifts.append(gift)
        cheap = [gift for gift in gifts if gift.points <= 20]
        earners = self.volunteers[1 : REDEEMERS + 1]
        for number in range(GIFTS_HANDED_OUT):
            person = earners[number % len(earners)].person
            self._redeem(cheap[number % len(cheap)], person, number)
        # One that waits at the desk, for the resident who tries the portal.
        self._redeem(cheap[0], self.folk.seniors[0], GIFTS_HANDED_OUT, collect=False)

    def _redeem(self, gift: Gift, person: Person, number: int, *, collect: bool = True) -> None:
        now = self.now - timedelta(days=2 if not collect else 3 + number % 60)
        try:
            # The street's desk: neighbours of other communities come to this center too.
            made = redeem(
                gift_id=gift.pk, person_id=person.pk, key=f"demo{number}", by=self.folk.worker, now=now
            )
        except DomainError as refusal:
            if refusal.code != "OVERSPEND":
                raise
            return
        if collect:
            later = now + timedelta(days=1)
            hand_out(redemption_id=made.pk, code=made.code, by=self.director, now=later)

    def _coming(self) -> None:
        """The weeks ahead, and who has signed up."""
        plan_ahead(now=self.now)
        for shift in Shift.objects.filter(starts_at__gt=self.now).order_by("starts_at")[:4]:
            for volunteer in self.rng.sample(self.volunteers[2:], 9):
                sign_up(shift_id=shift.pk, volunteer_id=volunteer.pk, by=self.folk.worker, now=self.now)

    def _order(self, kind: OrderKind, person: Person, by: User, days: int, **fields: Any) -> Any:
        at = min(self._days_ago(days, 10), self.now - timedelta(minutes=30))
        return request_order(kind=kind, for_person_id=person.pk, by=by, now=at, **fields)

    def _orders(self) -> None:
        """Orders at every step: on the wall, offered, taken, done, confirmed."""
        worker, items = self.folk.worker, list(ServiceItem.objects.order_by("pk"))
        elders = [person for person in self.folk.seniors[1:] if person.home and person.user is None]
        for number, wish in enumerate(self.data["wishes"]):
            made = self._order(OrderKind.WISH, elders[number], worker, 6, title=wish)
            accept_order(order_id=made.pk, by=worker, now=self._days_ago(5, 11), public_text=wish)
        for title, text in self.data["projects"]:
            post_project(
                division_id=self.home.pk,
                title=title,
                public_text=text,
                by=self.director,
                now=self._days_ago(9),
            )
        for number, steps in enumerate((0, 1, 2, 3, 4, 4, 4, 4)):
            item = items[(0, 5, 6, 0, 5, 6, 5, 6)[number]]
            days = 4 if steps else 0  # what nobody has answered yet came in just now
            made = self._order(OrderKind.SERVICE, elders[10 + number], worker, days, item_id=item.pk)
            self._walk(made, steps)
        guilan = self.folk.seniors[0]
        own = self._order(OrderKind.SERVICE, guilan, self.folk.accounts["王桂兰"], 3, item_id=items[5].pk)
        self._walk(own, 3)
        # One that she pays with points: they wait until it is done.
        paid = self._order(OrderKind.SERVICE, guilan, self.folk.accounts["王桂兰"], 3, item_id=items[1].pk)
        self._walk(paid, 2)
        # As beat would have done meanwhile.
        escalate_orders(now=self.now)
        draw_callbacks(now=self.now)

    def _walk(self, order: Any, steps: int) -> None:
        """Accepted, offered and taken, done, confirmed by a call."""
        worker, at = self.folk.worker, self._days_ago(2, 9)
        skill = order.item.skill
        others = [v for v in self.volunteers[2:] if v.person_id != order.for_person_id]
        fit = [v for v in others if not skill or v.skills.filter(pk=skill.pk).exists()]
        taker = Taker(TakerKind.VOLUNTEER, self.rng.choice(fit).pk)
        if steps > 0:
            accept_order(order_id=order.pk, by=worker, now=at)
        if steps > 1:
            offer_order(order_id=order.pk, taker=taker, by=worker, now=at)
            take_order(order_id=order.pk, by=worker, now=at + timedelta(hours=1), taker=taker)
        if steps > 2:
            mark_done(order_id=order.pk, minutes=40, by=worker, now=at + timedelta(hours=5), note="做好了")
        if steps > 3:
            confirm(
                order_id=order.pk, by=self.folk.admin, now=at + timedelta(hours=25), kind=ConfirmedBy.CALLBACK
            )
