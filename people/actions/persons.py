"""Verbs of a person on file: put her on record, correct what is on file, look at many phones."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from centers.models import Division
from common import chinese_id
from common.errors import DomainError, NotAllowed
from common.phones import read_phone
from common.sealed import blind_index
from common.searches import MISSES, count_guess
from people.authority import may_act, refuse_own
from people.models import Person, RevealLog, User
from people.rules import FIRST_BIRTH

PHONE_FIELDS = ("phone", "contact_phone")


class BadPhone(DomainError):
    code = "BAD_PHONE"


class BadDocument(DomainError):
    code = "BAD_DOCUMENT"


@transaction.atomic
def add_person(
    *,
    full_name: str,
    home: Division,
    by: User,
    now: datetime,
    phone: str = "",
    born_on: date | None = None,
    sex: str = "",
) -> Person:
    """建档: puts a resident on record at the desk.

    The same name with the same phone and no other birth date, inside the caller's reach, is the
    same person: pressing the button twice makes one record. With neither phone nor birth date two of
    one name are two. Refuses NOT_ALLOWED outside the reach, BAD_PHONE, and BAD_DATE (after today, or
    before 1900).
    """
    if not may_act(by=by, verb="people.change", row=home):
        raise NotAllowed(message=_("这个社区不在您负责的范围内。"))
    if born_on is not None:
        check_birth(born_on, now)
    phone = _read(phone)
    # One clerk at a time a community, so that a double click finds the record it has just made.
    Division.objects.select_for_update(no_key=True).get(pk=home.pk)
    known = _on_record(full_name, phone, born_on, by)
    if known is not None:
        return known
    return Person.objects.create(full_name=full_name, home=home, phone=phone, born_on=born_on, sex=sex)


def check_birth(born_on: date, now: datetime) -> None:
    """Refuses BAD_DATE for a birth that cannot be: after today, or before 1900."""
    if born_on > timezone.localtime(now).date():
        raise DomainError("BAD_DATE", _("出生日期在今天之后，请改一改。"), about="born_on")
    if born_on < FIRST_BIRTH:
        raise DomainError("BAD_DATE", _("出生日期不对，请检查年份。"), about="born_on")


def _on_record(full_name: str, phone: str, born_on: date | None, by: User) -> Person | None:
    if not phone and born_on is None:
        return None
    same = Person.objects.filter(full_name=full_name, phone=phone, merged_into=None)
    if born_on is not None:
        same = same.filter(Q(born_on=born_on) | Q(born_on=None)) if phone else same.filter(born_on=born_on)
    found = same.select_related("home").order_by("pk")
    return next((one for one in found if may_act(by=by, verb="people.change", person=one)), None)


def _read(phone: str) -> str:
    read = read_phone(phone)
    if phone.strip() and not read:
        raise BadPhone(message=_("电话看不懂，请写 11 位手机号，或带区号的固定电话。"))
    return read


def _to_change(person_id: int, by: User) -> Person:
    person = (
        Person.objects.filter(pk=person_id, merged_into=None)
        .select_related("home")
        .select_for_update(no_key=True, of=("self",))
        .first()
    )
    if person is None or not may_act(by=by, verb="people.change", person=person):
        raise NotAllowed(message=_("这位居民不在您负责的范围内。"))
    return person


@transaction.atomic
def set_phone(*, person_id: int, phone: str, by: User, now: datetime, field: str = "phone") -> Person:
    """改电话: writes a phone (or the emergency contact's); "" takes it off.

    Refuses NOT_ALLOWED, BAD_PHONE, and SAME_PERSON for the phone of one's own: a clerk's number is
    what makes a record hers, and so what keeps her from deciding for herself.
    """
    person = _to_change(person_id, by)
    if field not in PHONE_FIELDS:
        raise NotAllowed(message=_("这一项不能这样改。"))
    if field == "phone":
        refuse_own(by, person)
    setattr(person, field, _read(phone))
    person.save(update_fields=[field])
    return person


@transaction.atomic
def set_document(*, person_id: int, number: str, by: User, now: datetime) -> Person:
    """登记证件: writes the identity number, sealed, with its blind index; "" takes it off.

    A missing birth date and sex are filled in from it. Refuses NOT_ALLOWED, BAD_DOCUMENT (its check
    digit or date is wrong: GB 11643), DOCUMENT_TAKEN (another record in reach has the number: merge
    the two) and TOO_MANY_NUMBERS. Records out of reach change nothing, or anybody would learn of
    whomever she likes that she is on file somewhere. Whoever types one number after the other, into one
    record or with records in reach that have them, is guessing; the first number of a record is free.
    """
    person = _to_change(person_id, by)
    read = chinese_id.read_id(number)
    if number.strip() and not read:
        raise BadDocument(message=_("身份证号不对，请对照证件再看一遍（18 位，最后一位可能是 X）。"))
    count_guess(by)
    index = blind_index(read)
    others = Person.objects.exclude(pk=person.pk).select_related("home").exclude(document_index="")
    twins = others.filter(document_index=index, merged_into=None)
    if any(may_act(by=by, verb="people.change", person=twin) for twin in twins):
        raise DomainError("DOCUMENT_TAKEN", _("这个身份证号已在另一份档案里，请合并两份档案。"))
    if not person.document_no:
        MISSES.was_right(by.pk)
    person.document_no, person.document_index = read, index
    if read:
        person.born_on = person.born_on or chinese_id.born_on(read)
        person.sex = person.sex or chinese_id.sex(read)
    person.save(update_fields=["document_no", "document_index", "born_on", "sex"])
    return person


@transaction.atomic
def log_reveals(*, person_ids: Collection[int], field: str, reason: str, by: User, now: datetime) -> int:
    """Logs that many people's field was opened for one reason; the caller has asked who may.

    Refuses REASON_NEEDED.
    """
    reason = reason.strip()[:200]
    if len(reason) < 2:
        raise DomainError("REASON_NEEDED", _("请写明查阅的理由，居民本人会看到。"))
    logs = [RevealLog(user=by, person_id=pk, field=field, reason=reason, at=now) for pk in person_ids]
    return len(RevealLog.objects.bulk_create(logs))
