"""Verbs of the staff's posts: appoint, end a post, set a password."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from centers.models import Division
from common.errors import DomainError, NotAllowed
from common.phones import is_mobile, read_phone
from people.authority import may_act, may_end_posts, may_give, refuse_own, refuse_unproved
from people.models import DeskCode, Membership, Person, User
from people.parts import tell
from people.rules import Letter, Role


class BadPassword(DomainError):
    code = "BAD_PASSWORD"


@transaction.atomic
def appoint(
    *,
    phone: str,
    name: str,
    division_id: int,
    role: Role,
    by: User,
    now: datetime,
    password: str = "",
) -> Membership:
    """任命: gives the account with this phone a post in a division; opens the account if there is none.

    `password` is the first one of a new account; an existing account keeps its own, and must have
    been proved. Doing it twice gives the same post. Refuses NOT_ALLOWED outside the caller's reach, and
    at its very top for a post that looks over her shoulder (rules.FROM_ABOVE); SAME_PERSON for herself
    and her own; BAD_PHONE, BAD_PASSWORD, NOT_PROVED, WRONG_PERSON (the account has somebody else's record).
    """
    division = Division.objects.filter(pk=division_id).first()
    if division is None or not may_act(by=by, verb="people.staff", row=division):
        raise NotAllowed(message=_("这个区划不在您负责的范围内。"))
    if not may_give(by=by, role=role, row=division):
        raise NotAllowed(
            message=_("审计员和街道干部要看您经手的事，请上一级或系统管理员来任命。"), about="role"
        )
    number = read_phone(phone)
    if not is_mobile(number):
        raise DomainError("BAD_PHONE", _("手机号是 11 位数字，以 1 开头，请检查一下。"))
    user = User.objects.select_for_update(no_key=True).filter(phone=number).first()
    _is_another(number, user, by)
    if user is None:
        _is_strong(password, User(phone=number, name=name))
        user = User.objects.create_user(number, password, name=name)
        give(user, by, now)
    else:
        refuse_unproved(user)
        _is_hers(user, name)
        _kill_codes(user, now)
    user.is_staff, user.name = True, user.name or name
    user.save(update_fields=["is_staff", "name"])
    since = timezone.localtime(now).date()
    posts = Membership.objects.filter(user=user, division=division, role=role)
    found = posts.valid_on(since).first()
    return found or Membership.objects.create(user=user, division=division, role=role, since=since)


def _is_another(number: str, user: User | None, by: User) -> None:
    """A post is a gain: nobody gives it to herself, nor to an account or a number of her own's."""
    if user is not None and user.pk == by.pk:
        raise DomainError("SAME_PERSON", _("自己的岗位，要由另一位负责人来任命。"))
    theirs = Q(phone=number) | (Q(user=user) if user is not None else Q(pk=None))
    refuse_own(by, *Person.objects.filter(theirs, merged_into=None))


def _is_hers(user: User, name: str) -> None:
    """Whoever proved the account showed herself for the record it has: that must be who is appointed."""
    known = Person.objects.filter(user=user, merged_into=None).first()
    if known is not None and known.full_name != name.strip():
        raise DomainError(
            "WRONG_PERSON",
            _("这个手机号的账号不是您要任命的人的，请核对姓名和手机号。"),
        )


def _is_strong(password: str, of: User) -> None:
    try:
        validate_password(password, of)
    except ValidationError as error:
        raise BadPassword(message=" ".join(error.messages), about="password") from error


@transaction.atomic
def end_membership(*, membership_id: int, by: User, now: datetime) -> Membership:
    """结束任期: from this moment the post opens nothing. Twice changes nothing.

    By who may give it. Refuses NOT_ALLOWED.
    """
    post = (
        Membership.objects.select_for_update(no_key=True, of=("self",))
        .select_related("division")
        .filter(pk=membership_id)
        .first()
    )
    if post is None or not may_give(by=by, role=post.role, row=post.division):
        raise NotAllowed(message=_("这个岗位不在您负责的范围内。"))
    yesterday = timezone.localtime(now).date() - timedelta(days=1)
    if post.until is None or post.until > yesterday:
        post.until, post.since = yesterday, min(post.since, yesterday)
        post.save(update_fields=["since", "until"])
    return post


@transaction.atomic
def drop_mfa(*, user_id: int, by: User, now: datetime) -> int:
    """关闭两步验证: for staff who lost their phone, by the administrator of the portal only.

    Returns how many authenticators were removed, 0 the second time. Refuses NOT_ALLOWED.
    """
    if not _administers(by):
        raise NotAllowed(message=_("只有系统管理员可以关闭两步验证。"))
    gone: int = Authenticator.objects.filter(user=user_id).delete()[0]
    return gone


@transaction.atomic
def set_password(*, user_id: int, password: str, by: User, now: datetime, by_code: bool = False) -> User:
    """设置密码: by the administrator of the portal, or by oneself; it signs the account out everywhere.

    The page sees to it that oneself means: with the old password, or `by_code` of the desk, which she
    is told. Codes that were printed for her and not used die.
    Refuses NOT_ALLOWED and BAD_PASSWORD.
    """
    if by.pk != user_id and not _administers(by):
        raise NotAllowed(message=_("只有系统管理员可以设置密码。"))
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    _is_strong(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    if by_code:  # who printed it stands there since she came in
        give(user, user.changed_by, now)
    elif by.pk != user.pk:
        give(user, by, now)
    for person in _kill_codes(user, now):
        tell(person, Letter.NEW_PASSWORD, by, now)
    return user


def _kill_codes(user: User, now: datetime) -> list[Person]:
    """Codes printed for whom a locked account belongs to open nothing any more; returns her records."""
    hers = list(Person.objects.select_for_update(no_key=True, of=("self",)).filter(user=user).order_by("pk"))
    DeskCode.objects.filter(person__in=hers, used_at=None, expires_at__gt=now).update(expires_at=now)
    return hers


def _administers(by: User) -> bool:
    """The administrator of the portal alone: a post, be it over the whole tree, has a place."""
    return may_act(by=by, verb="people.staff")


@transaction.atomic
def print_factor_codes(*, user_id: int, by: User, now: datetime) -> list[str]:
    """打印备用码: ten codes on paper, each a second factor once; the sheet she had before dies.

    For staff without a phone, on their first day, or who lost it: by who may give all the posts that
    she has today. Refuses NOT_ALLOWED, SAME_PERSON (one's own sheet is made in 登录保护).
    """
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if user is None or not user.is_staff or not may_end_posts(by, user):
        raise NotAllowed(message=_("这位工作人员的岗位不都在您负责的范围内。"))
    if user.pk == by.pk:
        raise DomainError("SAME_PERSON", _("自己的备用码在“登录保护”里换，不能自己打印。"))
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    codes: list[str] = RecoveryCodes.activate(user).generate_codes()
    return codes


def give(account: User, by: User | None, now: datetime) -> None:
    """Notes who gave a locked account its record or password, and when: the one place where it is written.

    Whoever stood for her before did not stand for what it has now.
    """
    account.changed_by, account.changed_by_code_at, account.vouched_at = by, now, None
    account.save(update_fields=["changed_by", "changed_by_code_at", "vouched_at"])


def put_out(account: User) -> None:
    """Whoever had a locked account keeps nothing of it: password, sessions, second factor, calendar address."""
    Authenticator.objects.filter(user=account).delete()
    UserSession.objects.filter(user=account).delete()  # where from, and with what, it was signed in
    account.set_unusable_password()
    account.feed_version += 1
    account.save(update_fields=["password", "feed_version"])
