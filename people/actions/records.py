"""Verbs of a record: reveal, merge and undo, export, erase."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common.copies import copies, copy_of
from common.errors import DomainError, NotAllowed
from common.locks import lock_rows
from common.masking import mask_phone
from common.pointers import pointers_at, repoint
from people.actions.family import lock_ties, refuse_leaving_alone
from people.actions.staff import give, put_out
from people.actions.words import reasons_about
from people.authority import may_act, own_records, refuse_own, refuse_unsure, refuse_working, with_absorbed
from people.models import Consent, DeskCode, Guardianship, Merge, MergeEntry, Person, RevealLog, User
from people.parts import lock_parts, parts, tell
from people.rules import CLOSED, BirthPrecision, Letter

REVEALED = {"document_no", "phone", "contact_phone"}
# Marks what an app above wants to be told when a merge is undone.
PART = "part"
# Rows about the person's identity itself: they do not travel with a merge.
STAYS = {"people.merge", "people.person", "people.reveallog", "people.deskcode"}


_OF_HERSELF = (
    "full_name",
    "pinyin",
    "initials",
    "sex",
    "born_on",
    "born_precision",
    "phone",
    "home",
    "contact_name",
    "document_no",
)


class MergeRefused(DomainError):
    code = "MERGE_REFUSED"


@transaction.atomic
def reveal(*, person_id: int, field: str, reason: str, by: User, now: datetime) -> str:
    """查阅: opens one masked field for a stated reason; the look is logged for the resident to read.

    Refuses NOT_ALLOWED and REASON_NEEDED.
    """
    person = Person.objects.select_related("home").filter(pk=person_id).first()
    if person is None or field not in REVEALED or not may_act(by=by, verb="people.reveal", person=person):
        raise NotAllowed(message=_("这位居民不在您负责的范围内。"))
    if len(reason.strip()) < 2:
        raise DomainError("REASON_NEEDED", _("请写明查阅的理由，居民本人会看到。"))
    RevealLog.objects.create(user=by, person=person, field=field, reason=reason.strip()[:200], at=now)
    return str(getattr(person, field))


def _pointers() -> Iterator[models.ForeignKey[Any, Any]]:
    """Every foreign key to Person, in any app, that travels with a merge: upper apps first."""
    rank = {config.label: place for place, config in enumerate(apps.get_app_configs())}
    for field in sorted(pointers_at(Person), key=lambda field: -rank[field.model._meta.app_label]):
        if field.model._meta.label_lower not in STAYS:
            yield field


def lock_to_merge(person_ids: Collection[int], *also: models.QuerySet[Any]) -> None:
    """These persons, all that points at them and all that their apps look at, in the order of the house."""
    pointing = [
        field.model._default_manager.filter(**{f"{field.name}__in": person_ids}) for field in _pointers()
    ]
    lock_parts(person_ids, *pointing, Person.objects.filter(pk__in=person_ids), *also)


@transaction.atomic
def merge_persons(*, kept_id: int, merged_id: int, by: User, now: datetime, vouched: bool = False) -> Merge:
    """合并档案: folds one person into another; everything she has moves over. It can be undone.

    `vouched`: the identity was proved by a desk code, so reach is not asked. Refuses NOT_ALLOWED,
    and MERGE_REFUSED where both have an account, both sit in one class, or an app above cannot bring
    together what both have: its sentence says what to do.
    """
    lock_to_merge([kept_id, merged_id], User.objects.filter(person__in=[kept_id, merged_id]))
    pair = Person.objects.filter(pk__in=[kept_id, merged_id], merged_into=None)
    people = {person.pk: person for person in pair.order_by("pk")}
    if kept_id == merged_id or len(people) != 2:
        raise MergeRefused(message=_("请选两份不同的、还没有合并过的档案。"))
    if not vouched:
        _need_merge(by, people.values())
    kept, gone = people[kept_id], people[merged_id]
    if kept.user_id and gone.user_id:
        raise MergeRefused(message=_("两份档案都有账号，请先停用其中一个账号。"))
    try:
        with transaction.atomic():
            moved = _fold(kept, gone, by, now)
            user_id, gone.user_id = gone.user_id, None
            gone.merged_into = kept
            gone.save(update_fields=["user", "merged_into"])
            if user_id:
                kept.user_id = user_id
                kept.save(update_fields=["user"])
            if kept.user_id:
                # As by a code: whoever has this account may be anybody, and she is told.
                give(User.objects.get(pk=kept.user_id), by, now)
                tell(kept, Letter.MERGED, by, now)
    except IntegrityError as error:
        raise MergeRefused(
            message=_(
                "两份档案各有不能并在一起的记录（同一个班、同一个班次或同一时间的报名），请先退掉其中一份。"
            )
        ) from error
    account = ("people.person", "user", [user_id] if user_id else [])
    moved = [*(entry for entry in moved if entry[2]), account]
    return Merge.objects.create(kept=kept, merged=gone, moved=moved, by=by, at=now)


def _need_merge(by: User, people: Iterable[Person]) -> None:
    if not all(may_act(by=by, verb="people.merge", person=person) for person in people):
        raise NotAllowed(message=_("这位居民不在您负责的范围内。"))
    refuse_own(by, *people)  # points, seats and hours of the one become the other's
    refuse_working(*people, by=by)


def _fold(kept: Person, gone: Person, by: User, now: datetime) -> list[MergeEntry]:
    """Lets the apps above bring together what both have, then moves all that points at one."""
    stays: dict[str, Collection[int]] = {}
    moved: list[MergeEntry] = []
    for part in parts():
        folded = part.fold(kept, gone, by, now)
        stays |= folded.stays
        moved.append((PART, part.app, dict(folded.told)))
    for field in _pointers():
        label = field.model._meta.label_lower
        moved.append(repoint(field, gone.pk, kept.pk, but=stays.get(label, ())))
    return moved


@transaction.atomic
def undo_merge(*, merge_id: int, by: User, now: datetime) -> Merge:
    """撤销合并: everything that moved goes back. Twice changes nothing.

    The last one first: what a later merge brought to the kept record, or took on from it, lies where
    this one put things (an account of points, a volunteer). Refuses NOT_ALLOWED and MERGE_REFUSED.
    """
    merge = Merge.objects.select_for_update(no_key=True).get(pk=merge_id)
    _need_merge(by, [merge.kept, merge.merged])
    if merge.undone_at is not None:
        return merge
    both = [merge.kept_id, merge.merged_id]
    lock_to_merge(both, User.objects.filter(person__in=both))
    _need_last(merge)
    by_label = {(f.model._meta.label_lower, f.attname): f for f in _pointers()}
    gone = Person.objects.get(pk=merge.merged_id)
    told: dict[str, object] = {}
    for label, name, what in merge.moved:
        if isinstance(what, dict):
            told[name] = what
        elif (field := by_label.get((label, name))) is not None:
            field.model._default_manager.filter(pk__in=what).update(**{name: gone.pk})
        elif what:
            Person.objects.filter(pk=merge.kept_id).update(user=None)
            gone.user_id = what[0]
    gone.merged_into = None
    gone.save(update_fields=["user", "merged_into"])
    if gone.user is not None:
        give(gone.user, by, now)
        tell(gone, Letter.MERGED, by, now)
    for part in parts():
        part.unfold(told.get(part.app), by, now)
    merge.undone_at = now
    merge.save(update_fields=["undone_at"])
    return merge


def _need_last(merge: Merge) -> None:
    touched = Q(kept=merge.kept_id) | Q(merged=merge.kept_id)
    later = Merge.objects.filter(touched, pk__gt=merge.pk, undone_at=None).order_by("pk").last()
    if later is not None:
        day = date_format(timezone.localtime(later.at), _("n月j日 H:i"))
        raise MergeRefused(
            message=_("这份档案 %(day)s 又合并过一次。请先撤销后一次合并，再撤销这一次。") % {"day": day}
        )


def export_my_data(*, by: User, now: datetime, password: str = "") -> dict[str, Any]:
    """导出我的资料: everything on file about a user, and about the children whose guardian she is.

    Of whoever else she acts for, no more than she sees anyway: an elder who named a helper takes his
    own copy, and nobody else his number. Plain data. Refuses WRONG_PASSWORD and TOO_NEW, where it
    may be somebody else who asks.
    """
    refuse_unsure(by, password, now)
    # That a second clerk stood for her is used up.
    User.objects.filter(pk=by.pk, vouched_at__isnull=False).update(vouched_at=None)
    hers = own_records(by, now).order_by("pk")
    ties = Guardianship.objects.filter(guardian__user=by, guardian__merged_into=None, until=None)
    others = ties.exclude(ward__in=hers.values("pk")).select_related("ward").order_by("pk")
    return {
        "account": {"phone": by.phone, "joined_at": by.joined_at},
        "people": [_copy(person) for person in hers],
        "acts_for": [
            {_("姓名"): tie.ward.full_name, **copy_of(tie, "kind", "relation", "since")} for tie in others
        ],
    }


def _copy(person: Person) -> dict[str, Any]:
    own = {words: str(value or "") for words, value in copy_of(person, *_OF_HERSELF).items()}
    # Whom she wants to be called in need is somebody else.
    others = {str(_("紧急联系电话")): mask_phone(person.contact_phone)}
    told: dict[str, Any] = {}
    for part in parts():
        told |= part.copy(person) if part.copy else {}
    return {**own, **others, **_family(person), **told}


def _family(person: Person) -> dict[str, Any]:
    """Who acts for whom, what she agreed to, who looked at what of hers: of others their names."""
    acting = Guardianship.objects.filter(guardian=person).select_related("ward").order_by("pk")
    helping = Guardianship.objects.filter(ward=person).select_related("guardian").order_by("pk")
    agreed = Consent.objects.filter(person=person).select_related("given_by").order_by("pk")
    looks = person.reveals.select_related("user")
    found = {
        _("我替谁办事"): copies(acting, "ward", "kind", "relation", "since", "until"),
        _("谁替我办事"): copies(helping, "guardian", "kind", "relation", "since", "until"),
        _("同意书"): copies(agreed, "purpose", "given_by", "given_at", "withdrawn_at"),
        _("查阅记录"): copies(looks, "at", "user", ("what", _("内容")), "reason"),
    }
    return {name: rows for name, rows in found.items() if rows}


@transaction.atomic
def erase_person(
    *, person_id: int, by: User, now: datetime, along: Collection[int] = (), password: str = ""
) -> Person:
    """注销并删除: takes everything that tells who she is off the record; counts stay.

    By herself, who says her password, or by staff of her reach; `along`: records closed with hers, a
    child's say. Accounts are closed. Twice changes nothing.

    Refuses NOT_ALLOWED, SAME_PERSON (a clerk's own by her post: ties and numbers end with it),
    WRONG_PASSWORD, TOO_NEW, LAST_GUARDIAN where a child would be left without anybody, and UNFINISHED
    while an app above holds something live for her, a seat or a gift: its sentence says what to finish
    first, so that it is passed on. Points that are left lapse.
    """
    closing = {person_id, *along}
    _need_close(closing, by, password, now)
    ids = list(with_absorbed(*closing).values_list("pk", flat=True))  # those say who she is as well
    lock_parts(ids, User.objects.filter(person__in=ids))
    everybody = Person.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    records = {record.pk: record for record in everybody}
    refuse_working(*records.values(), by=by)
    codes = DeskCode.objects.filter(person__in=ids, used_at=None)
    lock_rows([codes])
    ties = Q(ward__in=ids) | Q(guardian__in=ids)
    ending = lock_ties(ties)
    hers = Guardianship.objects.filter(ties)
    consents = Consent.objects.filter(person__in=ids, withdrawn_at=None)
    looks = reasons_about(ids)
    lock_rows([consents, looks])
    above = parts()
    for part in above:
        for one in closing:
            if unfinished := part.unfinished(records[one], now):
                raise DomainError("UNFINISHED", unfinished)
    refuse_leaving_alone(ending, now, closing=ids)
    for part in above:
        for record in records.values():
            part.erase(record, by, now)
    for account in User.objects.filter(person__in=ids):
        _close(account)
    codes.update(expires_at=now)
    hers.filter(until=None).update(until=now)
    hers.exclude(relation="").update(relation="")
    consents.update(withdrawn_at=now)
    looks.update(reason="")
    for record in records.values():
        _forget(record)
    return records[person_id]


def _need_close(person_ids: Collection[int], by: User, password: str, now: datetime) -> None:
    seen = Person.objects.select_related("home").filter(pk__in=person_ids)
    own = set(own_records(by, now).filter(pk__in=person_ids).values_list("pk", flat=True))
    allowed = {one.pk for one in seen if one.pk in own or may_act(by=by, verb="people.change", person=one)}
    if allowed != {*person_ids}:
        raise NotAllowed(message=_("没有找到这位居民。"))
    refuse_own(by, *(one for one in seen if one.pk not in own))
    if own:
        refuse_unsure(by, password, now)


def _close(account: User) -> None:
    """Nobody signs in with it again, and it names nobody."""
    put_out(account)
    account.phone, account.name, account.is_active = None, "", False
    account.phone_verified = False
    account.save(update_fields=["phone", "name", "is_active", "phone_verified"])


def _forget(person: Person) -> None:
    for name in (
        "pinyin",
        "initials",
        "phone",
        "contact_name",
        "contact_phone",
        "document_no",
        "document_index",
    ):
        setattr(person, name, "")
    if person.born_on is not None:
        person.born_on, person.born_precision = person.born_on.replace(month=1, day=1), BirthPrecision.YEAR
    person.full_name = _("已注销")
    person.pinyin = CLOSED
    person.home = None
    person.save()
