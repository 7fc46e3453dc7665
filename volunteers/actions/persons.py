"""The part of volunteering when a person's record is copied, closed or merged into another.

What tells who she is goes. What she did stays as it was written down: a service record is never
rewritten, so where both records have some, nothing is merged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, TypedDict

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from common.copies import copies, copy_of
from common.pointers import Moved, pointers_at, repoint
from people.actions.records import MergeRefused
from people.actions.words import forget, said_in
from people.models import Person, User
from people.parts import Folded, Named
from volunteers.models.partners import PartnerShop, PartnerUnit
from volunteers.models.roll import Team, TeamMember, Volunteer
from volunteers.models.service import Evidence, ServiceRecord
from volunteers.models.shifts import Activity, Shift
from volunteers.models.signups import ShiftSignup
from volunteers.rules.roll import VolunteerState
from volunteers.rules.service import UNTITLED
from volunteers.rules.shifts import ShiftState, SignupState


def lock(person_ids: Collection[int]) -> Iterable[QuerySet[Any]]:
    """Her volunteer, and all that names it: what she organises and leads, the shifts under which her
    sign-ups lie, what she did."""
    serving = Volunteer.objects.filter(person__in=person_ids)
    hers = serving.order_by().values("pk")
    answering = User.objects.filter(person__in=person_ids)
    return (
        Activity.objects.filter(organiser__in=hers),
        Shift.objects.filter(
            pk__in=ShiftSignup.objects.filter(volunteer__in=hers).order_by().values("shift")
        ),
        serving,
        Team.objects.filter(leader__in=hers),
        TeamMember.objects.filter(volunteer__in=hers),
        PartnerUnit.objects.filter(contact__in=answering),
        PartnerShop.objects.filter(keeper__in=answering),
        ServiceRecord.objects.filter(Q(volunteer__in=hers) | Q(beneficiary__in=person_ids)),
        said_in(_evidence(person_ids)),
    )


def _evidence(person_ids: Collection[int]) -> QuerySet[Evidence]:
    """The reasons to believe what she did, or what was done for her."""
    hers = Q(record__volunteer__person__in=person_ids) | Q(record__beneficiary__in=person_ids)
    return Evidence.objects.filter(hers)


def copy(person: Person) -> dict[str, Any]:
    """All that this app knows of her, by name; sealed words are opened, for they are hers."""
    served = ServiceRecord.objects.filter(beneficiary=person).select_related("division")
    volunteer = Volunteer.objects.filter(person=person).first()
    found = {
        **(_serving(volunteer) if volunteer else {}),
        _("我受过的服务"): copies(served, "title", "served_on", "minutes"),
    }
    return {name: rows for name, rows in found.items() if rows}


def _serving(volunteer: Volunteer) -> dict[str, Any]:
    teams = TeamMember.objects.filter(volunteer=volunteer).select_related("team")
    signups = ShiftSignup.objects.filter(volunteer=volunteer).select_related("shift__activity")
    came = ("check_in_kind", "checked_in_at", "checked_out_at")
    records = ServiceRecord.objects.filter(volunteer=volunteer).select_related("division")
    record = ("title", "served_on", "minutes", "division", "state", "reason")
    about = ("state", "national_number", "insured_until", "honour_consent", "joined_at")
    return {
        _("志愿者"): {**copy_of(volunteer, *about), _("特长"): [str(one) for one in volunteer.skills.all()]},
        _("队伍"): copies(teams, "team", "since", "until"),
        _("志愿报名"): copies(signups, "shift", "state", "created_at", "changed_at", "reason", *came),
        _("服务记录"): [
            {
                **copy_of(one, *record),
                _("凭据"): copies(one.evidence.all(), "kind", "at"),
            }
            for one in records.prefetch_related("evidence")
        ],
    }


def unfinished(person: Person, now: datetime) -> str:
    """What she has to finish first, as a sentence; "" for nothing."""
    there = [SignupState.SIGNED, SignupState.WAITING, SignupState.CAME]
    ahead = ShiftSignup.objects.filter(volunteer__person=person, state__in=there)
    coming = ahead.filter(shift__state=ShiftState.PLANNED, shift__ends_at__gt=now)
    if signup := coming.select_related("shift__activity").first():
        words = {"name": signup.shift.activity.title}
        return _("还报着志愿班次“%(name)s”，请先退出，或等它结束，再注销。") % words
    return ""


def erase(person: Person, _by: User, now: datetime) -> None:
    """Takes what tells who she is off the rows of this app; minutes stay, by day and place."""
    forget(_evidence([person.pk]))
    _answer_no_more(person)
    records = ServiceRecord.objects.about(person)
    records.titled_by_hand().update(title=str(UNTITLED))
    records.exclude(reason="").update(reason="")
    volunteer = Volunteer.objects.filter(person=person).first()
    if volunteer is None:
        return
    today = timezone.localtime(now).date()
    volunteer.state, volunteer.honour_consent = VolunteerState.LEFT, False
    volunteer.national_number, volunteer.insured_until = "", None
    volunteer.save(update_fields=["state", "honour_consent", "national_number", "insured_until"])
    volunteer.skills.clear()
    TeamMember.objects.filter(volunteer=volunteer, until=None, since__lte=today).update(until=today)
    ShiftSignup.objects.filter(volunteer=volunteer).exclude(reason="").update(reason="")
    Team.objects.filter(leader=volunteer).update(leader=None)
    Activity.objects.filter(organiser=volunteer).update(organiser=None)


def named(person: Person) -> Iterable[Named]:
    """Letters about what was done for her went to who did it."""
    served = list(ServiceRecord.objects.filter(beneficiary=person).values_list("pk", flat=True))
    return [Named("record", served, hers=True), Named("servicerecord", served, hers=True)]


def _answer_no_more(person: Person) -> None:
    """A unit or shop that she answered for loses its contact, and her number with it."""
    if person.user is None:
        return
    gone = {"contact": None, "contact_name": "", "contact_phone": ""}
    PartnerUnit.objects.filter(contact=person.user).update(**gone)
    shops = PartnerShop.objects.filter(keeper=person.user)
    hers = [phone for phone in (person.phone, person.user.phone) if phone]
    shops.filter(phone__in=hers).update(phone="")
    shops.update(keeper=None)


def turn_round() -> MergeRefused:
    """Services keep two records apart, but it works the other way round."""
    return MergeRefused(
        message=_("并入的那份档案有服务记录，改不到别的名下。请反过来合并：保留有服务记录的那一份。")
    )


def both_served() -> MergeRefused:
    """Services keep two records apart for good."""
    return MergeRefused(
        message=_("两份档案都有服务记录，账上不能合成一份。请两份都留着，以后只用其中一份报名。")
    )


def fold(kept: Person, gone: Person, _by: User, _now: datetime) -> Folded:
    """Brings two volunteers together; what one alone has is moved by the merge itself."""
    serving = {one.person_id: one for one in Volunteer.objects.filter(person__in=[kept, gone])}
    if len(serving) != 2:
        return Folded()
    old, new = serving[gone.pk], serving[kept.pk]
    if served(old):
        raise both_served() if served(new) else turn_round()
    return Folded(stays={"volunteers.volunteer": [old.pk]}, told=_move(old, new))


def served(volunteer: Volunteer) -> bool:
    """Whether there is a record of anything she did."""
    return ServiceRecord.objects.filter(volunteer=volunteer).exists()


class Told(TypedDict):
    """What undoing a merge wants to know: both volunteers, how they stood, what was moved."""

    rows: list[int]
    was: list[tuple[str, bool]]
    moved: list[Moved]


def _move(old: Volunteer, new: Volunteer) -> Told:
    was = [(one.state, one.honour_consent) for one in (old, new)]
    teams = TeamMember.objects.filter(volunteer=new, until=None).values("team")
    both = TeamMember.objects.filter(volunteer=old, until=None, team__in=teams)
    but = list(both.values_list("pk", flat=True))
    moving = [field for field in pointers_at(Volunteer) if field.model is not ServiceRecord]
    moved = [repoint(field, old.pk, new.pk, but=but if field.model is TeamMember else ()) for field in moving]
    new.skills.add(*old.skills.all())
    if old.state == VolunteerState.ACTIVE:
        new.state = VolunteerState.ACTIVE
    old.state, old.honour_consent = VolunteerState.LEFT, False
    for one in (old, new):
        one.save(update_fields=["state", "honour_consent"])
    return {"rows": [old.pk, new.pk], "was": was, "moved": moved}


def unfold(told: Told | None, _by: User, _now: datetime) -> None:
    """Gives back what `fold` moved."""
    if not told:
        return
    old_id, _new_id = told["rows"]
    for label, attname, ids in told["moved"]:
        apps.get_model(label)._default_manager.filter(pk__in=ids).update(**{attname: old_id})
    for pk, (state, honour) in zip(told["rows"], told["was"], strict=True):
        Volunteer.objects.filter(pk=pk).update(state=state, honour_consent=honour)
