"""Verbs of the outbox: queue, withdraw, deliver, ring and mark as phoned."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from common.background import after_commit
from common.errors import NotAllowed
from common.locks import lock_rows
from common.steps import move_all
from notices.models import Delivery, Notice, phoned_kinds
from notices.rules import (
    DELIVERIES,
    Channel,
    DeliveryMove,
    DeliveryParty,
    DeliveryState,
    after_quiet_hours,
    without,
)
from people.actions.ringing import open_numbers
from people.authority import may_act
from people.models import Guardianship, Person, User
from people.parts import Named

BATCH = 500
COLUMNS = (
    "kind",
    "key",
    "recipient_id",
    "about_type",
    "about_id",
    "due_at",
    "quiet",
    "body_data",
    "created_at",
)


@dataclass(frozen=True)
class Draft:
    """One notice to be queued; `about` is (type, id), e.g. ("session", 12)."""

    kind: str
    key: str
    recipient_id: int
    about: tuple[str, int]
    due_at: datetime
    quiet: bool = False
    data: Mapping[str, object] = field(default_factory=dict)

    def row(self, now: datetime) -> Notice:
        due_at = after_quiet_hours(self.due_at) if self.quiet else self.due_at
        return Notice(
            kind=self.kind,
            key=self.key,
            recipient_id=self.recipient_id,
            about_type=self.about[0],
            about_id=self.about[1],
            due_at=due_at,
            quiet=self.quiet,
            body_data=self.data,
            created_at=now,
        )


@transaction.atomic
def queue(
    *,
    kind: str,
    key: str,
    recipient: Person,
    about: tuple[str, int],
    due_at: datetime,
    now: datetime,
    quiet: bool = False,
    **data: object,
) -> None:
    """Puts one notice in the outbox. The same key twice is one notice: the first words stay.

    `data` fills templates/<app>/letters/<kind>.txt and is kept as it was, so a later rename of a class
    does not rewrite an old letter. `quiet` ones do not fall due between 21:00 and 08:00.
    """
    draft = Draft(kind, key, recipient.pk, about, due_at, quiet, data)
    queue_all(drafts=[draft], now=now)


@transaction.atomic(savepoint=False)
def queue_all(*, drafts: Iterable[Draft], now: datetime, urgent: bool = False) -> None:
    """Queues many notices in one statement; `urgent` wakes the worker once committed."""
    Notice.objects.bulk_create([draft.row(now) for draft in drafts], ignore_conflicts=True, batch_size=BATCH)
    if urgent:
        after_commit("notices.deliver_due")


@transaction.atomic(savepoint=False)
def queue_from(*, rows: models.QuerySet[Any, Any], held: type[models.Model] | None = None) -> int:
    """Queues one notice for each row of a query, inside the database; returns how many were new.

    `rows` must be a `.values_list()` giving exactly COLUMNS, in that order. Nothing passes
    through Python, so a reminder pass over a whole city costs about what the bare
    `INSERT ... SELECT` costs (bench/reminders.py).

    Rows of the model `held` (joined in the query) are share-locked until commit, so that what the
    notice says about them still holds when it is in the outbox; those that somebody is changing
    right now are left for the next pass.
    """
    select, params = rows.query.sql_with_params()
    if held is not None:
        select += f" FOR SHARE OF {_alias(rows, held)} SKIP LOCKED"
    columns = ", ".join(COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO notices_notice ({columns}) {select} ON CONFLICT (key) DO NOTHING",
            params,
        )
        return int(cursor.rowcount)


def _alias(rows: models.QuerySet[Any, Any], model: type[models.Model]) -> str:
    """What a query calls a table that it joins; Django numbers them (T4) when it joins one twice."""
    query = rows.query
    names = (name for name, join in query.alias_map.items() if join.table_name == model._meta.db_table)
    return next(name for name in names if query.alias_refcount[name])


@transaction.atomic
def withdraw(*, about: tuple[str, int], kinds: Iterable[str], now: datetime) -> int:
    """Takes back what was queued about something and has not reached anybody yet; returns how many.

    What stands on the call list leaves it: nobody is rung about what is no longer true.
    """
    letters = Notice.objects.filter(about_type=about[0], about_id=about[1], kind__in=list(kinds))
    queued = letters.filter(dispatched_at=None, withdrawn_at=None)
    calls = Delivery.objects.filter(
        notice__in=letters.values("pk"), channel=Channel.CALL_LIST, state=DeliveryState.OPEN
    )
    lock_rows([queued | letters.filter(pk__in=calls.values("notice")), calls])
    gone = queued.update(withdrawn_at=now)
    return gone + move_all(calls, DELIVERIES, DeliveryMove.WITHDRAW, DeliveryParty.SYSTEM, at=now)


def deliver_due(*, now: datetime) -> int:
    """One pass of the outbox: hands everything that is due to its channels; returns how many.

    Each batch is one transaction that locks its notices, skipping those another worker holds: two
    workers share the work, and a killed one leaves its batch as it was. The inbox is our own
    table, so delivery there and the mark that it happened are one commit: exactly once.
    """
    total = 0
    while count := _deliver_batch(now):
        total += count
    return total


@transaction.atomic
def _deliver_batch(now: datetime) -> int:
    batch = list(
        Notice.objects.due(now)
        .order_by("due_at", "pk")
        .select_for_update(skip_locked=True, no_key=True)
        .only("pk", "kind", "recipient_id")[:BATCH]
    )
    if not batch:
        return 0
    unreachable, phoned = _without_account({notice.recipient_id for notice in batch}), phoned_kinds()
    deliveries = [
        Delivery(notice=notice, channel=Channel.INBOX, state=DeliveryState.SENT, at=now) for notice in batch
    ]
    deliveries += [
        Delivery(notice=notice, channel=Channel.CALL_LIST, state=DeliveryState.OPEN, at=now)
        for notice in batch
        if notice.kind in phoned and notice.recipient_id in unreachable
    ]
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
    Notice.objects.filter(pk__in=[notice.pk for notice in batch]).update(dispatched_at=now)
    return len(batch)


def _without_account(person_ids: set[int]) -> set[int]:
    """Those who read no inbox: no account of their own and nobody with one who acts for them."""
    helped = Guardianship.objects.filter(ward=OuterRef("pk"), until=None, guardian__user__isnull=False)
    people = Person.objects.filter(pk__in=person_ids, user=None).exclude(Exists(helped))
    return set(people.values_list("pk", flat=True))


@transaction.atomic
def mark_phoned(*, delivery_id: int, by: User, now: datetime) -> Delivery:
    """Notes that a person on the call list was told. Doing it twice changes nothing.

    Refuses NOT_ALLOWED for a person outside the caller's reach.
    """
    calls = Delivery.objects.select_related("notice__recipient__home")
    seen = calls.filter(pk=delivery_id, channel=Channel.CALL_LIST).first()
    if seen is None or not _may_call(by, seen):
        raise NotAllowed(message=_("这位居民不在您负责的范围内。"))
    Notice.objects.select_for_update(no_key=True).get(pk=seen.notice_id)
    delivery = Delivery.objects.select_for_update(no_key=True).get(pk=seen.pk)
    if found := DELIVERIES.next(delivery.state, DeliveryMove.PHONE, {DeliveryParty.STAFF}):
        delivery.state, delivery.done_by, delivery.at = found[0].to, by, now
        delivery.save(update_fields=["state", "done_by", "at"])
    return delivery


def _may_call(by: User, call: Delivery) -> bool:
    return may_act(by=by, verb="notices.call_list", person=call.notice.recipient)


def _calls(delivery_ids: Collection[int], by: User) -> list[Delivery]:
    """Open calls of the caller's reach; refuses NOT_ALLOWED where one of them is not."""
    calls = Delivery.objects.to_phone().filter(pk__in=delivery_ids)
    found = [call for call in calls if _may_call(by, call)]
    if not found or len(found) != len(set(delivery_ids)):
        raise NotAllowed(message=_("这位居民不在您负责的范围内，或者已经打过电话了。"))
    return found


@transaction.atomic
def ring(*, delivery_id: int, by: User, now: datetime) -> Delivery:
    """看号码: opens the number of one person on the call list; she can read that it was to tell her.

    Refuses NOT_ALLOWED for a person outside the caller's reach or off the list, and NO_NUMBER.
    """
    call = _calls([delivery_id], by)[0]
    words = _("打电话告诉：%(what)s") % {"what": call.notice.kind_label}
    open_numbers(people=[call.notice.recipient], reason=words, by=by, now=now)
    return call


@transaction.atomic
def print_calls(*, delivery_ids: Collection[int], by: User, now: datetime) -> int:
    """打印电话名单: opens the numbers of these calls, for a list on paper; one look is logged for each person.

    Refuses as `ring`.
    """
    people = [call.notice.recipient for call in _calls(delivery_ids, by)]
    return open_numbers(people=people, reason=_("打印电话名单，按名单打电话"), by=by, now=now)


@transaction.atomic
def mark_read(*, user: User, shown: Collection[int], now: datetime) -> int:
    """Marks as read those letters of a user's inbox that she was shown; what came meanwhile stays new."""
    hers = Notice.objects.inbox_of(user).filter(pk__in=shown, read_at=None)
    unread = Notice.objects.filter(pk__in=hers.order_by().values("pk"))
    lock_rows([unread])
    return unread.update(read_at=now)


def forget(person: Person, named: Iterable[Named], now: datetime) -> None:
    """What was ever told to somebody whose record is closed says nothing any more, and nobody is rung
    about it; letters to others keep all but her name and what was typed about her.

    Part of closing her record: who may was asked there.
    """
    hers = Notice.objects.filter(recipient=person)
    calls = Delivery.objects.filter(notice__in=hers, channel=Channel.CALL_LIST, state=DeliveryState.OPEN)
    others = [(one, _about(one).exclude(recipient=person)) for one in named if one.ids]
    lock_rows([hers, *(rows for _one, rows in others), calls])
    hers.filter(dispatched_at=None, withdrawn_at=None).update(withdrawn_at=now)
    move_all(calls, DELIVERIES, DeliveryMove.WITHDRAW, DeliveryParty.SYSTEM, at=now)
    hers.exclude(body_data={}).update(body_data={})
    for one, rows in others:
        for letter in rows:
            letter.body_data = without(person.full_name, letter.body_data, typed=one.hers)
            letter.save(update_fields=["body_data"])


def _about(one: Named) -> models.QuerySet[Notice]:
    return Notice.objects.filter(about_type=one.type, about_id__in=one.ids)
