"""Verbs of accounts: register, what was left blank then, and the one-time code of the desk."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from centers.models import Division
from centers.rules import DivisionKind
from common.errors import DomainError, NotAllowed
from people.actions.persons import check_birth
from people.actions.records import lock_to_merge, merge_persons
from people.actions.staff import give, put_out
from people.authority import has_post, is_proved, may_act, refuse_giver, refuse_own, refuse_working
from people.models import DeskCode, Person, User, acts_for
from people.parts import tell
from people.rules import DESK_CODE_HOURS, BirthPrecision, Letter

# Read aloud and typed by old hands: digits only. A hundred million codes, each alive for a day,
# behind a rate limit of a few tries an hour (people/views.py).
CODE_DIGITS = 8


class CodeRefused(DomainError):
    code = "CODE_REFUSED"


@transaction.atomic
def register(*, user: User, full_name: str, now: datetime, home: Division | None = None) -> Person:
    """注册: makes the person of a new account. Doing it twice gives the same person.

    It never links to a person already on record, however well phone and name match: only a desk
    code, an SMS code or staff at the counter does, so nobody inherits another's records.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    found = Person.objects.filter(user=user).first()
    if found is not None:
        return found
    return Person.objects.create(user=user, full_name=full_name, phone=user.phone or "", home=home)


@transaction.atomic
def tell_birth(*, by: User, born_on: date, now: datetime) -> Person:
    """补出生日期: a person's own birth date, while nobody has written one down.

    What staff or a register wrote is corrected at the desk only. Refuses NOT_ALLOWED, KNOWN_ALREADY
    and BAD_DATE (after today, or before 1900).
    """
    person = Person.objects.select_for_update(no_key=True, of=("self",)).filter(user=by).first()
    if person is None:
        raise NotAllowed(message=_("请先在“我的资料”里填上姓名。"))
    if person.born_on == born_on:
        return person
    if person.born_on is not None:
        raise DomainError("KNOWN_ALREADY", _("出生日期已经登记过，要改请到服务台。"), about="born_on")
    check_birth(born_on, now)
    person.born_on, person.born_precision = born_on, BirthPrecision.DAY
    person.save(update_fields=["born_on", "born_precision"])
    return person


@transaction.atomic
def choose_home(*, person_id: int, home_id: int, by: User, now: datetime) -> Person:
    """填所在社区: the community somebody lives in, while nobody has written one down.

    By herself or who acts for her; the staff of that community can then help her. A move is
    registered at the desk. Refuses NOT_ALLOWED, KNOWN_ALREADY, NOT_A_COMMUNITY.
    """
    mine = acts_for(by).values("pk")
    rows = Person.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=mine)
    person = rows.filter(pk=person_id).first()
    if person is None:
        raise NotAllowed(message=_("您不能替这位居民填，请到服务台登记代办关系。"))
    if person.home_id == home_id:
        return person
    if person.home_id is not None:
        raise DomainError("KNOWN_ALREADY", _("所在社区已经登记过，搬家请到服务台改。"))
    if not Division.objects.filter(pk=home_id, kind=DivisionKind.COMMUNITY).exists():
        raise DomainError("NOT_A_COMMUNITY", _("请从名单里选一个社区。"))
    person.home_id = home_id
    person.save(update_fields=["home"])
    return person


def _hash(code: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"desk:{code}".encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def issue_desk_code(*, person_id: int, by: User, now: datetime) -> tuple[DeskCode, str]:
    """发验证码: a one-time code to be printed for a person; returns it once, only its hash is kept.

    It lives 24 h and works once; issuing a new one kills the old ones. Refuses NOT_ALLOWED for a
    person outside the caller's reach, and for who works here (a code must not open the back office).
    """
    person = (
        Person.objects.select_related("home")
        .select_for_update(no_key=True, of=("self",))
        .filter(pk=person_id, merged_into=None)
        .first()
    )
    if person is None or not may_act(by=by, verb="people.desk_code", person=person):
        raise NotAllowed(message=_("这位居民不在您负责的范围内。"))
    refuse_working(person, by=None)
    person.desk_codes.filter(used_at=None).update(expires_at=now)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    expires_at = now + timedelta(hours=DESK_CODE_HOURS)
    tell(person, Letter.CODE_PRINTED, by, now)
    made = DeskCode.objects.create(
        person=person, code_hash=_hash(code), issued_by=by, issued_at=now, expires_at=expires_at
    )
    return made, code


@transaction.atomic
def redeem_desk_code(*, code: str, now: datetime, user: User | None = None) -> User:
    """用验证码: the account that a code opens; the person gets one if she has none.

    With `user` (already signed in) the code links that account to the record: the person made at
    sign-up is merged into it. The first code proves an account that somebody opened with her phone:
    its password and sessions die, as they may be a stranger's.

    Refuses CODE_REFUSED for an unknown, used or expired code, an account that works here, and for
    a record that belongs to another account.
    """
    digits = "".join(char for char in code if char.isdigit())
    # The code names the person; the person is locked before the code, as issue_desk_code does.
    known = DeskCode.objects.filter(code_hash=_hash(digits)).values_list("person_id", flat=True).first()
    person, fresh = _lock_people(known, user)
    found = (
        DeskCode.objects.select_for_update(no_key=True, of=("self",)).filter(code_hash=_hash(digits)).first()
    )
    if person is None or found is None or not found.usable_at(now):
        raise CodeRefused(message=_("验证码不对、已经用过或过期了，请到服务台重新打印一张。"), about="code")
    if person.user is not None and not person.user.is_active:
        raise CodeRefused(message=_("这个账号已经停用，请到服务台问一问。"), about="code")
    # She, or the account that takes the record over, may have got a post since the code was printed.
    if any(account is not None and has_post(account) for account in (person.user, user)):
        raise CodeRefused(message=_("工作人员的账号不能用验证码登录，请用手机号和密码登录。"), about="code")
    if user is not None and person.user_id not in (None, user.pk):
        raise CodeRefused(message=_("这份档案已有账号，请先退出，再用验证码登录。"), about="code")
    was_proved = person.user is not None and is_proved(person.user)
    found.used_at = now
    found.save(update_fields=["used_at"])
    if user is not None:
        return _link(user, person, fresh, found.issued_by, now)
    account = _opened(person, found.issued_by, now, was_proved=was_proved)
    tell(person, Letter.OPENED_BY_CODE, found.issued_by, now)
    return account


def _opened(person: Person, issued_by: User, now: datetime, *, was_proved: bool) -> User:
    """The account of a locked person to whoever has her code; who had it before the first one is out."""
    if person.user is None:
        person.user = User.objects.create_user(None, name=person.full_name)
        person.save(update_fields=["user"])
    elif was_proved:  # it keeps what it has; whoever came in may give it a password
        person.user.changed_by = issued_by
        person.user.save(update_fields=["changed_by"])
        return person.user
    else:
        put_out(person.user)
    give(person.user, issued_by, now)
    return person.user


@transaction.atomic
def vouch_for(*, person_id: int, by: User, now: datetime) -> User:
    """核对身份: a second clerk stands for who she is: for an hour her copy and closing ask no password.

    Refuses NOT_ALLOWED (for whoever works here too), SAME_PERSON (one's own, and who let her in: printed
    a code, merged a record, set the password), NO_ACCOUNT.
    """
    person = Person.objects.select_related("home", "user").filter(pk=person_id, merged_into=None).first()
    if person is None or not may_act(by=by, verb="people.change", person=person):
        raise NotAllowed(message=_("这位居民不在您负责的范围内。"))
    refuse_own(by, person)
    refuse_working(person, by=by)
    if person.user is None:
        raise DomainError("NO_ACCOUNT", _("这位居民还没有账号，请先打印登录验证码，请本人登录一次。"))
    account = User.objects.select_for_update(no_key=True).get(pk=person.user.pk)
    refuse_giver(by, account, now)
    account.vouched_at = now
    account.save(update_fields=["vouched_at"])
    tell(person, Letter.VOUCHED, by, now)
    return account


def _lock_people(person_id: int | None, user: User | None) -> tuple[Person | None, Person | None]:
    """The person of a code and the one an account made at sign-up, locked in ascending id."""
    wanted = Q(pk=person_id) | (Q(user=user) if user is not None else Q(pk=None))
    ids = list(Person.objects.filter(wanted).values_list("pk", flat=True))
    # Her password may die, or the account takes the record over.
    theirs = Person.objects.filter(pk__in=ids, user__isnull=False).values_list("user", flat=True)
    accounts = [*theirs, *([user.pk] if user is not None else [])]
    if len(ids) > 1:  # they will be merged
        lock_to_merge(ids, User.objects.filter(pk__in=accounts))
    else:
        list(User.objects.select_for_update(no_key=True).filter(pk__in=accounts).order_by("pk"))
    locked = Person.objects.select_for_update(no_key=True, of=("self",)).filter(wanted).order_by("pk")
    people = list(locked)
    person = next((one for one in people if one.pk == person_id), None)
    fresh = next((one for one in people if user is not None and one.user_id == user.pk), None)
    return person, fresh


def _link(user: User, person: Person, fresh: Person | None, issued_by: User, now: datetime) -> User:
    """Gives the account the record on file; what it made at sign-up goes into that record."""
    if fresh is not None and fresh.pk != person.pk:
        merge_persons(kept_id=person.pk, merged_id=fresh.pk, by=issued_by, now=now, vouched=True)
        person.refresh_from_db()
    person.user = user
    person.save(update_fields=["user"])
    give(user, issued_by, now)
    tell(person, Letter.OPENED_BY_CODE, issued_by, now)
    return user
