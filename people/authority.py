"""Whether a post lets somebody act for, on or about a resident, and whether she is too near for it.

Asked by the verbs themselves, whatever door somebody came through.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from centers.models import Division
from common.errors import DomainError, NotAllowed
from common.reach import covered
from people.models import (
    DeskCode,
    Guardianship,
    Merge,
    Person,
    PersonQuerySet,
    User,
)
from people.rules import FROM_ABOVE, GuardianKind, grown_up_born

SESSION = timedelta(seconds=settings.SESSION_COOKIE_AGE)
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


def reach_of(*, by: User, verb: str) -> Q:
    """The people who live where posts of `by` allow `verb`, as a condition on them.

    Refuses NOT_ALLOWED where no post of hers does so anywhere.
    """
    paths = by.reach(verb)
    if not paths:
        raise NotAllowed(message=_("您的岗位不能查找居民。"))
    return covered("home", paths)


def may_give(*, by: User, role: str, row: Division) -> bool:
    """Whether posts of `by` let her give, open or end a post there: for those that look over her shoulder
    hers must lie above the place, not at it."""
    if role not in FROM_ABOVE:
        return may_act(by=by, verb="people.staff", row=row)
    return any(row.path.startswith(path) and row.path != path for path in by.reach("people.staff"))


# A colleague's own record need not be linked to her account; her number stands on it all the same, or on
# one that was merged into it.
_KIN = """
    WITH RECURSIVE me AS (
        SELECT id, merged_into_id FROM people_person WHERE user_id = %s
        UNION SELECT id, merged_into_id FROM people_person WHERE phone = %s
        UNION SELECT p.id, p.merged_into_id FROM people_person p JOIN me ON me.merged_into_id = p.id
    )
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


_ABSORBED = """
    WITH RECURSIVE hers AS (
        SELECT id FROM people_person WHERE id = ANY(%s) OR user_id = %s
        UNION SELECT p.id FROM people_person p JOIN hers ON p.merged_into_id = hers.id
    ) SELECT id FROM hers
"""


def with_absorbed(*person_ids: int, account: User | None = None) -> PersonQuerySet:
    """These records, that of an account, and all that were merged into them, one into another."""
    asked = [list(person_ids), account and account.pk]
    return Person.objects.filter(pk__in=RawSQL(_ABSORBED, asked))  # noqa: S611


def _now(person: Person) -> Person:
    """The record into which this one was merged, else itself: what it had is there."""
    return person if person.merged_into is None else _now(person.merged_into)


def refuse_own(by: User, *people: Person | None) -> None:
    """Refuses SAME_PERSON where hours, points, gifts or grants would come to oneself or one's own, and
    where a post would loosen what makes them one's own: number, account, tie."""
    if is_own(by, *people):
        raise _same_person()


def own_words() -> str:
    """What somebody reads who may not act for herself, or for one of hers."""
    return _("自己或家人的事，要由另一位工作人员来办。")


def _same_person() -> DomainError:
    return DomainError("SAME_PERSON", own_words())


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
    password, unless somebody at the desk gave the account its record or password within three days (she
    was told at once), or a second clerk who stood for her within the hour. Refuses WRONG_PASSWORD, TOO_NEW.
    """
    if _is_vouched_for(account, now):
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
                "这个账号刚用验证码登录、合并过档案或改过密码，%(day)s 以后才能办；急用请到服务台，由另一位工作人员当面核对。"
            )
            % {"day": day},
            about="password",
        )


def _is_vouched_for(account: User, now: datetime) -> bool:
    return account.vouched_at is not None and now - account.vouched_at < VOUCHED


def let_in_lately(account: User, now: datetime, *, by_code: bool) -> bool:
    """Whether an account may be open before whoever printed a code for it: a session `by_code`, or any
    within three days of one, unless a second clerk stood for her within the hour."""
    since = account.changed_by_code_at
    lately = since is not None and now - since < WAIT
    return (by_code or lately) and not _is_vouched_for(account, now)


def let_in(by: User, account: User, now: datetime) -> bool:
    """Whether `by` let somebody in to this account.

    By a code that she printed for any of its records, by a merge of any of them or its undoing, by a
    password that she set; as long as a session by a code may last. What a colleague did since does
    not hide it.
    """
    lately, hers = now - SESSION, with_absorbed(account=account).values("pk")
    given = account.changed_by_code_at is not None and account.changed_by_code_at > lately
    printed = DeskCode.objects.filter(person__in=hers, issued_by=by, issued_at__gt=lately)
    merged = Merge.objects.filter(Q(kept__in=hers) | Q(merged__in=hers), by=by, at__gt=lately)
    return (given and account.changed_by_id == by.pk) or printed.exists() or merged.exists()


def refuse_giver(by: User, account: User, now: datetime) -> None:
    """Refuses SAME_PERSON where `by` let somebody in to this account: she is no second clerk for it."""
    if let_in(by, account, now):
        raise DomainError(
            "SAME_PERSON",
            _("验证码是您打印的，或者她的档案、密码是您办的，请另一位工作人员来核对。"),
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


def may_end_posts(by: User, account: User) -> bool:
    """Whether `by` may end all posts that an account has today; of an administrator, another one may."""
    if may_act(by=by, verb="people.staff"):
        return True
    places = {
        place.path: place for place in Division.objects.filter(path__in={at for _role, at in account.posts})
    }
    hers = all(may_give(by=by, role=role, row=places[at]) for role, at in account.posts)
    return bool(places) and hers and not account.is_superuser


def refuse_working(*people: Person, by: User | None) -> None:
    """Refuses NOT_ALLOWED where a record is that of an account which works here: its record is no way to it.

    Whoever closes, merges or stands for a record has its account in her hand, and would close her
    superior's or her auditor's. It is left to herself, and to who may end all her posts; with no `by`
    to nobody.
    """
    for account in (_now(person).user for person in people):
        if account is None or not has_post(account):
            continue
        if by is None or (by.pk != account.pk and not may_end_posts(by, account)):
            raise NotAllowed(
                message=_("这份档案是工作人员的，她的账号由能任免她全部岗位的人来管，请找上级或系统管理员。")
            )


def is_proved(account: User) -> bool:
    """Whether somebody showed herself for this account: to who appointed her, at the desk, by her phone.

    Anybody can sign up with any number: until then the account may be a stranger's.
    """
    if account.is_staff or account.phone_verified:
        return True
    hers = with_absorbed(account=account).values("pk")
    return DeskCode.objects.filter(person__in=hers, used_at__isnull=False).exists()


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
