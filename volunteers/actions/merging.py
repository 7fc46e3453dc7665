"""The part of volunteering when two records of one human being become one.

What the ledger wrote stays where it was written. Points move by a posting of their own; hours and
service records never move: where both records have some, nothing is merged.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Model, Q, Sum
from django.utils.translation import gettext as _

from common.pointers import pointers_at, repoint
from people.actions.records import MergeRefused
from people.models import Person, User
from people.parts import Folded
from volunteers.actions.giving import parts_of
from volunteers.actions.ledger import MERGED, post, take_back
from volunteers.models import (
    Account,
    Certificate,
    Lot,
    PitchVote,
    Posting,
    ServiceRecord,
    TeamMember,
    Volunteer,
)
from volunteers.rules import AccountKind, LegDraft, PostingKind, Unit, VolunteerState, day_of

# Never rewritten: the trigger on records refuses it, and a certificate says whose it is.
STAYS: set[type[Model]] = {ServiceRecord, Certificate}


def fold(kept: Person, gone: Person, by: User, now: datetime) -> Folded:
    """Merges what both have; what one alone has is moved by the merge itself."""
    stays = {"volunteers.pitchvote": _votes(kept, gone)}
    told: dict[str, Any] = {}
    both = _accounts(kept, gone)
    stays["volunteers.account"] = [old.pk for old, _new in both]
    if posting := _move_points(both, kept, gone, by, now):
        told["posting"] = posting.pk
    serving = {one.person_id: one for one in Volunteer.objects.filter(person__in=[kept, gone])}
    if len(serving) == 2:
        old, new = serving[gone.pk], serving[kept.pk]
        stays["volunteers.volunteer"] = [old.pk]
        told["volunteer"] = _move_volunteer(old, new)
    return Folded(stays=stays, told=told)


def _votes(kept: Person, gone: Person) -> list[int]:
    """A word given on the same project under both names counts as it was given."""
    same = PitchVote.objects.filter(person=kept).values("pitch")
    return list(PitchVote.objects.filter(person=gone, pitch__in=same).values_list("pk", flat=True))


def _accounts(kept: Person, gone: Person) -> list[tuple[Account, Account]]:
    new = {(one.unit, one.kind): one for one in Account.objects.filter(person=kept)}
    old = Account.objects.filter(person=gone).order_by("pk")
    return [(one, new[one.unit, one.kind]) for one in old if (one.unit, one.kind) in new]


def _move_points(
    both: list[tuple[Account, Account]], kept: Person, gone: Person, by: User, now: datetime
) -> Posting | None:
    legs: list[LegDraft] = []
    for old, new in both:
        if old.held:
            raise MergeRefused(
                message=_("并入的那份档案还留着积分：有礼品没领，或点的服务没做完。请先办完或取消，再合并。")
            )
        if old.unit == Unit.HOURS and old.posted:
            _turn_round(better=not new.posted)
        if old.kind == AccountKind.DEBT and old.posted:
            legs += [LegDraft(old.pk, -old.posted), LegDraft(new.pk, old.posted)]
        if old.kind == AccountKind.PERSON and old.unit == Unit.POINTS:
            legs += _points(old, new, now)
    if not legs:
        return None
    return post(
        key=f"{MERGED}{kept.pk}:{gone.pk}:{now.isoformat()}",
        legs=legs,
        kind=PostingKind.TRANSFER,
        by=by,
        now=now,
        memo=_("两份档案合并"),
        evidence={"kept": kept.pk, "merged": gone.pk},
    )


def _points(old: Account, new: Account, now: datetime) -> list[LegDraft]:
    """All points that are still good; what has run out is left for the pass that expires it."""
    day = day_of(now)
    good = Lot.objects.filter(Q(expires_on=None) | Q(expires_on__gte=day), account=old)
    points = good.aggregate(points=Sum("left"))["points"] or 0
    return [LegDraft(old.pk, -points), *parts_of(old, new, points, day)] if points else []


def _turn_round(*, better: bool) -> None:
    if better:
        raise MergeRefused(
            message=_("并入的那份档案有服务记录，改不到别的名下。请反过来合并：保留有服务记录的那一份。")
        )
    raise MergeRefused(
        message=_("两份档案都有服务记录，账上不能合成一份。请两份都留着，以后只用其中一份报名。")
    )


def _served(volunteer: Volunteer) -> bool:
    return any(model._default_manager.filter(volunteer=volunteer).exists() for model in STAYS)


def _move_volunteer(old: Volunteer, new: Volunteer) -> dict[str, Any]:
    if _served(old):
        _turn_round(better=not _served(new))
    told: dict[str, Any] = {
        "rows": [old.pk, new.pk],
        "was": [[one.state, one.honour_consent] for one in (old, new)],
    }
    teams = TeamMember.objects.filter(volunteer=new, until=None).values("team")
    but = list(
        TeamMember.objects.filter(volunteer=old, until=None, team__in=teams).values_list("pk", flat=True)
    )
    moving = [field for field in pointers_at(Volunteer) if field.model not in STAYS]
    told["moved"] = [
        repoint(field, old.pk, new.pk, but=but if field.model is TeamMember else ()) for field in moving
    ]
    new.skills.add(*old.skills.all())
    if old.state == VolunteerState.ACTIVE:
        new.state = VolunteerState.ACTIVE
    old.state, old.honour_consent = VolunteerState.LEFT, False
    for one in (old, new):
        one.save(update_fields=["state", "honour_consent"])
    return told


def unfold(told: dict[str, Any], by: User, now: datetime) -> None:
    """Gives back what `fold` moved. Points spent meanwhile become a debt of who spent them."""
    if serving := told.get("volunteer"):
        old_id, _new_id = serving["rows"]
        for label, attname, ids in serving["moved"]:
            apps.get_model(label)._default_manager.filter(pk__in=ids).update(**{attname: old_id})
        for pk, (state, honour) in zip(serving["rows"], serving["was"], strict=True):
            Volunteer.objects.filter(pk=pk).update(state=state, honour_consent=honour)
    if posting_id := told.get("posting"):
        take_back(Posting.objects.get(pk=posting_id), _("撤销合并"), by, now)
