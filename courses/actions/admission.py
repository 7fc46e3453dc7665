"""Who may be let into a class: the questions enrol() asks before it looks at the seats."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import DomainError, NotAllowed
from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Enrolment
from courses.models.session import Session
from courses.rules import CLASSES, OCCUPYING, EnrolChannel, SessionState
from people.authority import may_act
from people.models import Person, User, acts_for
from people.rules import Purpose, needs_guardian

# Staff may add people outside the enrolment window; residents and programs may not.
RESIDENT_CHANNELS = frozenset({EnrolChannel.WEB, EnrolChannel.API})


class NotOpen(DomainError):
    code = "NOT_OPEN"


class Clash(DomainError):
    code = "CLASH"


class NotEligible(DomainError):
    code = "NOT_ELIGIBLE"


class NoConsent(DomainError):
    code = "NO_CONSENT"


def check_party(by: User, person: Person, class_group: ClassGroup, channel: EnrolChannel) -> None:
    """Residents for themselves and whom they act for, staff in their reach; refuses NOT_ALLOWED."""
    if person.merged_into_id is not None:
        raise NotAllowed(message=_("这份档案已并入另一份，请重新查找这位居民。"))
    if channel in RESIDENT_CHANNELS:
        if person.user_id == by.pk or acts_for(by).filter(pk=person.pk).exists():
            return
        raise NotAllowed(message=_("您不能替这位居民报名，请先到服务台登记代办关系。"))
    # A roster of a class names whom it names; only what it says is put in, and nobody is looked up by it.
    whom = None if channel == EnrolChannel.IMPORT else person
    if not may_act(by=by, verb="courses.enrol", person=whom, row=class_group.center.division):
        raise NotAllowed(message=_("这个班不在您负责的范围内。"))


def check_open(
    class_group: ClassGroup, pool: ClassGroup | Session, now: datetime, channel: EnrolChannel
) -> None:
    """Residents inside the enrolment window, staff while the class goes on; refuses NOT_OPEN."""
    if isinstance(pool, Session) and (pool.state != SessionState.PLANNED or pool.starts_at <= now):
        raise NotOpen(message=_("这次课已经开始、停课或改期，请选另一次。"))
    if channel in RESIDENT_CHANNELS:
        if why := class_group.closed_because(now):
            raise NotOpen(message=why)
    elif class_group.state in CLASSES.final:
        raise NotOpen(message=class_group.closed_because(now))


def check_eligible(person: Person, class_group: ClassGroup, now: datetime) -> None:
    """Age limits of the class, and a guardian's consent under 14; refuses NOT_ELIGIBLE, NO_CONSENT."""
    today = timezone.localtime(now).date()
    _is_the_right_age(person, class_group, today)
    if needs_guardian(person.born_on, today) and not person.has_consent(Purpose.COURSES):
        words = {"person": person.full_name}
        raise NoConsent(
            message=_("%(person)s不满 14 岁，请监护人先在“我的家人”里同意，或到服务台签同意书。") % words
        )


def _is_the_right_age(person: Person, class_group: ClassGroup, today: date) -> None:
    low, high = class_group.min_age, class_group.max_age
    if low is None and high is None:
        return
    age = person.age_on(today)
    if age is None:
        raise NotEligible(
            message=_("这个班有年龄要求，请先补上%(person)s的出生日期。") % {"person": person.full_name}
        )
    if low is not None and age < low:
        raise NotEligible(message=_("这个班收 %(low)s 岁及以上的学员。") % {"low": low})
    if high is not None and age > high:
        raise NotEligible(message=_("这个班收 %(high)s 岁及以下的学员。") % {"high": high})


def check_clash(person: Person, class_group: ClassGroup, session_id: int | None, now: datetime) -> None:
    """Refuses CLASH where a session ahead overlaps one of the person's other seats."""
    pools = Enrolment.objects.filter(person=person, state__in=OCCUPYING).order_by()
    held = [pool for pool in pools.values_list("class_group_id", "session_id") if pool[0] != class_group.pk]
    if not held:
        return
    whole = [class_pk for class_pk, session_pk in held if session_pk is None]
    single = [session_pk for _class_pk, session_pk in held if session_pk is not None]
    mine = Session.objects.coming(now).filter(class_group=class_group)
    if session_id is not None:
        mine = mine.filter(pk=session_id)
    clash = _first_overlap(list(mine), whole, single, now)
    if clash:
        words = {"name": clash.class_group.name}
        raise Clash(message=_("和%(name)s的上课时间有重叠。确定都要报，请再点一次“仍然报名”。") % words)


def _first_overlap(mine: list[Session], whole: list[int], single: list[int], now: datetime) -> Session | None:
    if not mine:
        return None
    coming = Session.objects.live().filter(ends_at__gt=now, starts_at__lt=max(s.ends_at for s in mine))
    theirs = list(
        coming.filter(class_group__in=whole, class_group__enrol_by="CLASS").select_related("class_group")
    )
    theirs += list(coming.filter(pk__in=single).select_related("class_group"))
    for session in mine:
        for other in theirs:
            if session.starts_at < other.ends_at and other.starts_at < session.ends_at:
                return other
    return None
