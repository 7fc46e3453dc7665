"""Whether a post lets somebody act for, on or about a resident, and whether she is too near for it.

Asked by the verbs themselves, whatever door somebody came through.
"""

from datetime import datetime, timedelta

from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from centers.models import Division
from common.errors import DomainError
from people.models import DeskCode, Guardianship, Person, PersonQuerySet, User
from people.rules import GuardianKind, grown_up_born

WAIT = timedelta(days=3)
VOUCHED = timedelta(hours=1)


def may_act(*, by: User, verb: str, person: Person | None = None, row: Division | None = None) -> bool:
    """Whether posts of `by` allow `verb` where the thing lies (`row`) and where the person lives.

    Both are asked about the same verb: what somebody sees by another post, or as a relative, does
    not count, and neither does that the thing is hers to keep. A person who has not told where she
    lives is within reach of none but those who may do it everywhere.
    """
    if "" in by.reach(verb):
        return True
    places = [row] if row is not None else []
    if person is not None:
        if person.home is None:
            return False
        places.append(person.home)
    return bool(places) and all(by.may(verb, place) for place in places)


# A colleague's own record need not be linked to her account; her number stands on it all the same.
_KIN = """
    WITH me AS (SELECT id FROM people_person WHERE user_id = %s UNION SELECT id FROM people_person WHERE phone = %s)
    SELECT id FROM me
    UNION SELECT ward_id FROM people_guardianship WHERE guardian_id IN (SELECT id FROM me) AND until IS NULL
    UNION SELECT guardian_id FROM people_guardianship WHERE ward_id IN (SELECT id FROM me) AND until IS NULL
"""


def kin_of(by: User) -> PersonQuerySet:
    """Whose gain is as good as one's own: herself, whom she acts for, and who acts for her."""
    return Person.objects.filter(pk__in=RawSQL(_KIN, [by.pk, by.phone]), merged_into=None)  # noqa: S611


def is_own(by: User, *people: Person | None) -> bool:
    """Whether one of these is `by` herself, somebody she acts for, or somebody who acts for her."""
    known = [_now(person).pk for person in people if person is not None]
    return bool(known) and kin_of(by).filter(pk__in=known).exists()


def _now(person: Person) -> Person:
    """The record into which this one was merged, else itself: what it had is there."""
    return person if person.merged_into is None else _now(person.merged_into)


def refuse_own(by: User, *people: Person | None) -> None:
    """Refuses SAME_PERSON where hours, points, gifts or grants would come to oneself or one's own."""
    if is_own(by, *people):
        raise _same_person()


def _same_person() -> DomainError:
    return DomainError("SAME_PERSON", _("自己或家人的事，要由另一位工作人员来办。"))


def is_own_account(by: User, account: User | None) -> bool:
    """Whether an account is her own, or of one of hers; an account of staff may have no record."""
    if account is None:
        return False
    hers = Q(user=account) | (Q(phone=account.phone) if account.phone else Q(pk=None))
    return by.pk == account.pk or is_own(by, *Person.objects.filter(hers))


def refuse_own_accounts(by: User, *accounts: User | None) -> None:
    """Refuses SAME_PERSON where one of these accounts is her own, or of one of hers."""
    if any(is_own_account(by, account) for account in accounts):
        raise _same_person()


def refuse_unsure(account: User, password: str, now: datetime) -> None:
    """Refuses where all that is on record may leave, or be deleted, in somebody's name who may be another.

    A code of the desk opens an account to whoever holds it, the clerk who printed it too. Sure is her
    password, unless a code gave the account its record or password within three days (she was told
    at once), or a second clerk who stood for her within the hour. Refuses WRONG_PASSWORD, TOO_NEW.
    """
    if account.vouched_at is not None and now - account.vouched_at < VOUCHED:
        return
    if not account.check_password(password):
        raise DomainError(
            "WRONG_PASSWORD",
            _("密码不对，请再输一次。没有密码的请先设一个；急用请到服务台，由另一位工作人员当面核对。"),
            about="password",
        )
    since = account.changed_by_code_at
    if since is not None and now - since < WAIT:
        day = date_format(timezone.localtime(since + WAIT), _("n月j日 H:i"))
        raise DomainError(
            "TOO_NEW",
            _(
                "这个账号刚用验证码登录或改过密码，%(day)s 以后才能办；急用请到服务台，由另一位工作人员当面核对。"
            )
            % {"day": day},
            about="password",
        )


def own_records(account: User, now: datetime) -> PersonQuerySet:
    """Whose copy and closing an account may ask for as its own: herself, and children she is guardian of.

    Not of who has grown up, nor of who was put under her at the desk within three days.
    """
    born_after = grown_up_born(timezone.localtime(now).date())
    ties = Guardianship.objects.filter(
        Q(confirmed_by=None) | Q(since__lte=now - WAIT),
        guardian__user=account,
        guardian__merged_into=None,
        kind=GuardianKind.GUARDIAN,
        ward__born_on__gt=born_after,
        until=None,
    )
    return Person.objects.filter(Q(user=account) | Q(pk__in=ties.values("ward")), merged_into=None)


def has_post(account: User) -> bool:
    """Whether she works here today; who worked here once is a resident like others."""
    return account.is_superuser or (account.is_staff and bool(account.posts))


def is_proved(account: User) -> bool:
    """Whether somebody showed herself for this account: to who appointed her, at the desk, by her phone.

    Anybody can sign up with any number: until then the account may be a stranger's.
    """
    if account.is_staff or account.phone_verified:
        return True
    hers = Q(person__user=account) | Q(person__merged_into__user=account)
    return DeskCode.objects.filter(hers, used_at__isnull=False).exists()


def refuse_unproved(account: User) -> None:
    """Refuses NOT_PROVED where power would come to an account that may be anybody's."""
    if not is_proved(account):
        since = date_format(timezone.localtime(account.joined_at), _("Y年n月j日"))
        raise DomainError(
            "NOT_PROVED",
            _(
                "这个手机号的账号是 %(since)s 自己注册的，还没有人核实过。"
                "请先当面核对身份，打印登录验证码，请本人用它登录一次，再来办。"
            )
            % {"since": since},
        )
