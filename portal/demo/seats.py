"""Who sits where in the demo: full classes with a line, an open offer, past attendance."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from courses.actions.classes import cancel_class
from courses.actions.enrolment import enrol, withdraw
from courses.actions.sessions import cancel_session, move_session
from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Attendance, Enrolment
from courses.models.session import Session
from courses.rules import EnrolBy, EnrolChannel, EnrolmentState, Mark
from people.models import Person, User
from portal.demo.classes import Classes
from portal.demo.data import read
from portal.demo.people import Folk

S = EnrolmentState
PARTY_MEMBERS = 40
MARKS = [(Mark.PRESENT, 88), (Mark.LATE, 4), (Mark.EXCUSED, 5), (Mark.ABSENT, 3)]
# The demo's own residents enrol by the verbs, after the crowd: (class, whose).
SPECIAL = {
    "声乐一班": "王桂兰",
    "舞蹈三班": "王桂兰",
    "短视频剪辑夜校班": "李晓峰",
    "吉他入门夜校班": "李晓峰",
    "四点半书法班": "王子轩",
}

OWNERS = {"王桂兰": "王桂兰", "李晓峰": "李晓峰", "王子轩": "王桂兰"}  # whose account does it


class Seating:
    """Fills the classes; every random choice is drawn in a fixed order."""

    def __init__(self, rng: Random, folk: Folk, classes: Classes, now: datetime) -> None:
        self.rng, self.folk, self.classes, self.now = rng, folk, classes, now
        self.remarks: list[str] = read("people")["remarks"]
        self.sitting: dict[str, list[Person]] = {}

    def fill(self) -> None:
        """Seats, lines, the offer, the cancelled class, attendance of past weeks."""
        self._choose()
        for name, people in self.sitting.items():
            self._seat(self.classes.groups[name], people)
            if name in SPECIAL:
                self._enrol_special(name)
            self._line(name)
        self._party_lesson()
        self._events()
        self._attendance()

    def _choose(self) -> None:
        """Who takes which class: everybody at least one, some two, never two at one time."""
        rows = self.classes.rows
        pools = {
            "senior": self.folk.seniors[1:],
            "night": self.folk.young[1:],
            "children": self.folk.children[1:],
        }
        for part, pool in pools.items():
            names = [row[1] for row in read("classes")[part]]
            self._deal(names, pool)
        for name in [row[1] for row in read("classes")["elsewhere"]]:
            self.sitting[name] = self.rng.sample(
                self.folk.neighbours[rows[name].community], rows[name].learners
            )
        self.sitting["人像摄影外拍班"] = self.rng.sample(self.folk.young[1:], 3)

    def _deal(self, names: list[str], pool: list[Person]) -> None:
        places = [name for name in names for _ in range(self._wanted(name))]
        self.rng.shuffle(places)
        taken: dict[int, list[str]] = {}
        people = list(pool)
        self.rng.shuffle(people)
        queue = list(people)
        for name in places:
            queue = queue or self.rng.sample(people, len(people))
            index = next(i for i, person in enumerate(queue) if self._fits(name, taken.get(person.pk, [])))
            person = queue.pop(index)
            taken.setdefault(person.pk, []).append(name)
            self.sitting.setdefault(name, []).append(person)

    def _wanted(self, name: str) -> int:
        """Seats dealt to the crowd: one less where one of the demo's own residents sits."""
        row = self.classes.rows[name]
        own = name in SPECIAL and name not in read("classes")["waiting"]
        own = own or name == "声乐一班"
        return row.learners - own

    def _fits(self, name: str, others: list[str]) -> bool:
        row = self.classes.rows[name]
        return len(others) < 2 and all(
            other != name
            and (
                self.classes.rows[other].weekday != row.weekday
                or self.classes.rows[other].ends <= row.starts
                or row.ends <= self.classes.rows[other].starts
            )
            for other in others
        )

    def _seat(
        self,
        group: ClassGroup,
        people: list[Person],
        state: EnrolmentState = S.SEATED,
        session: Session | None = None,
    ) -> None:
        """Inserts enrolments past the verb, in the order they are said to have come."""
        pool: ClassGroup | Session = session or group
        pool.refresh_from_db(fields=["last_position"])
        opens = group.opens_at if session is None else session.starts_at - timedelta(days=6)
        if state == S.WAITING:
            opens += timedelta(days=20, minutes=5)
        minutes = sorted(self.rng.sample(range(14000 if session is None else 6000), len(people)))
        if state == S.WAITING:
            minutes = sorted(self.rng.sample(range(600), len(people)))
        rows = []
        for number, (person, minute) in enumerate(zip(people, minutes, strict=True), start=1):
            at = min(opens + timedelta(minutes=minute), self.now)
            self_made = person.user is not None and self.rng.random() < 0.6
            rows.append(
                Enrolment(
                    class_group=group,
                    session=session,
                    person=person,
                    state=state,
                    channel=EnrolChannel.WEB if self_made else EnrolChannel.COUNTER,
                    by=person.user if self_made else self._staff(group),
                    position=pool.last_position + number,
                    created_at=at,
                    changed_at=at,
                    remark=self.rng.choice(self.remarks) if self.rng.random() < 0.08 else "",
                )
            )
        Enrolment.objects.bulk_create(rows)

    def _staff(self, group: ClassGroup) -> User:
        return self.folk.worker if group.center.division.parent_id == self._street_id else self.folk.admin

    @property
    def _street_id(self) -> int | None:
        return self.classes.groups["声乐一班"].center.division.parent_id

    def _enrol_special(self, name: str) -> None:
        """One of the demo's own residents enrols, as on her phone: a seat, or the line when full."""
        group = self.classes.groups[name]
        name, by = SPECIAL[name], self.folk.accounts[OWNERS[SPECIAL[name]]]
        person = next(p for p in self._own() if p.full_name == name)
        enrol(class_id=group.pk, person=person, by=by, now=group.opens_at + timedelta(days=20))

    def _own(self) -> list[Person]:
        return [self.folk.seniors[0], self.folk.young[0], self.folk.children[0]]

    def _line(self, name: str) -> None:
        """The people who came when the class was full."""
        count = read("classes")["waiting"].get(name, 0)
        group, row = self.classes.groups[name], self.classes.rows[name]
        own = name in SPECIAL and name != "声乐一班"
        crowd = self.folk.young[1:] if row.course == "吉他入门" else self.folk.seniors[1:]
        sitting = {person.pk for person in self.sitting[name]}
        chosen = self.rng.sample([one for one in crowd if one.pk not in sitting], max(0, count - own))
        self._seat(group, chosen, S.WAITING)

    def _party_lesson(self) -> None:
        """Members sign up lesson by lesson."""
        group = self.classes.groups["微党课"]
        members = self.rng.sample(self.folk.seniors[1:], PARTY_MEMBERS)
        for session in group.sessions.filter(starts_at__lt=self.now + timedelta(days=7)):
            self._seat(group, self.rng.sample(members, self.rng.randint(34, PARTY_MEMBERS)), session=session)

    def _events(self) -> None:
        """A seat is given up and offered on; a class is cancelled; a session off, another moved."""
        worker, recent = self.folk.worker, self.now - timedelta(minutes=50)
        freed = self.classes.groups[read("classes")["freed"]]
        leaver = freed.enrolments.filter(state=S.SEATED).order_by("position")[3]
        withdraw(enrolment_id=leaver.pk, by=worker, now=recent, reason="去外地女儿家住一阵")
        gone = self.classes.groups["人像摄影外拍班"]
        cancel_class(class_id=gone.pk, reason="报名不到 8 人，这学期不开班", by=worker, now=recent)
        off = self._ahead("国画一班")
        cancel_session(session_id=off.pk, reason="老师参加全市书画展", by=worker, now=recent)
        moved = self._ahead("剪纸")
        day = timedelta(days=1)
        move_session(
            session_id=moved.pk,
            starts_at=moved.starts_at + day,
            ends_at=moved.ends_at + day,
            reason="教室检修电路",
            by=worker,
            now=recent,
        )

    def _ahead(self, name: str) -> Session:
        """A session of the week after next."""
        return self.classes.groups[name].sessions.coming(self.now + timedelta(days=8))[0]

    def _attendance(self) -> None:
        """Marks of every session that was held, in bulk."""
        marks, weights = zip(*MARKS, strict=True)
        held = Session.objects.filter(state="HELD", class_group__in=self.classes.groups.values())
        seats: dict[tuple[int, int | None], list[int]] = {}
        for pk, class_id, session_id in (
            Enrolment.objects.filter(state=S.SEATED)
            .order_by("pk")
            .values_list("pk", "class_group_id", "session_id")
        ):
            seats.setdefault((class_id, session_id), []).append(pk)
        rows = []
        for session in held.select_related("class_group").order_by("pk"):
            single = session.class_group.enrol_by == EnrolBy.SESSION
            for enrolment_id in seats.get((session.class_group_id, session.pk if single else None), []):
                mark = self.rng.choices(marks, weights)[0]
                rows.append(
                    Attendance(
                        session=session,
                        enrolment_id=enrolment_id,
                        mark=mark,
                        by=self.folk.worker,
                        at=session.ends_at,
                    )
                )
        Attendance.objects.bulk_create(rows, batch_size=2000)
