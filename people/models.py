"""People: accounts, human beings, who acts for whom, who may do what where."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from common.masking import mask_document, mask_phone
from common.pinyin import spell
from common.pointers import Moved, unused
from common.reach import covered
from common.sealed import SealedTextField
from people import rules
from people.rules import BirthPrecision, GuardianKind, Purpose, Role, Sex
from people.search import ALIASES, INDEXES, asked

SYSTEM = "命令行"


class UserManager(BaseUserManager["User"]):
    def create_user(self, phone: str | None, password: str | None = None, **fields: Any) -> User:
        """An account; without a password only a desk code opens it."""
        user = self.model(phone=phone, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, phone: str, password: str, **fields: Any) -> User:
        return self.create_user(phone, password, is_staff=True, is_superuser=True, **fields)

    def system(self) -> User:
        """The account that commands run as: it may everything and nobody can sign in with it."""
        found = self.filter(phone=None, is_superuser=True, name=SYSTEM).first()
        return found or self.create_user(None, name=SYSTEM, is_superuser=True)


class User(AbstractBaseUser, PermissionsMixin):
    """账号: signs in by phone and password, or by a one-time code printed at the desk."""

    phone = models.CharField(_("手机号"), max_length=11, unique=True, null=True, blank=True)
    phone_verified = models.BooleanField(_("手机号已核实"), default=False)
    name = models.CharField(_("称呼"), max_length=60, blank=True)
    is_staff = models.BooleanField(_("可进工作台"), default=False)
    is_active = models.BooleanField(_("启用"), default=True)
    joined_at = models.DateTimeField(_("注册时间"), db_default=Now())
    # Part of the signature of the private calendar feed: raising it makes the old address dead.
    feed_version = models.PositiveSmallIntegerField(default=1, editable=False)
    # When somebody at the desk last gave this account a record or a password, and who let somebody in to
    # it; when a second clerk stood for who she is. What leaves the house in her name asks (people.authority).
    changed_by_code_at = models.DateTimeField(null=True, blank=True, editable=False)
    changed_by = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+", editable=False)
    vouched_at = models.DateTimeField(null=True, blank=True, editable=False)
    trusted_since = models.DateTimeField(null=True, blank=True, editable=False)  # devices: people.sign_in
    # Whether this request comes of staff who have not given their second factor: no post counts then.
    lacks_factor = False
    # Whether it may be open before whoever printed a code for it (people.sign_in).
    by_code = False

    USERNAME_FIELD = "phone"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = verbose_name_plural = _("账号")
        constraints = [
            models.CheckConstraint(
                condition=Q(phone__isnull=True) | Q(phone__regex=r"^1[3-9]\d{9}$"),
                name="user_phone_is_a_mobile",
                violation_error_message=_("手机号是 11 位数字，以 1 开头。"),
            )
        ]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"  # never the phone: colleagues share these pages

    def get_full_name(self) -> str:
        return str(self)

    @cached_property
    def posts(self) -> list[tuple[str, str]]:
        """(role, division path) of the memberships valid today; one query a request."""
        today = timezone.localdate()
        return list(self.memberships.valid_on(today).values_list("role", "division__path"))

    def reach(self, verb: str) -> list[str]:
        """Paths of the divisions where this user may do `verb`; "" means everywhere.

        A post counts while its account may enter the workplace: unticking `is_staff` ends them all.
        """
        if not self.is_active or self.lacks_factor:
            return []
        if self.is_superuser:
            return [""]
        if not self.is_staff:
            return []
        return [path for role, path in self.posts if rules.may(verb, role)]

    def may(self, verb: str, division: Division) -> bool:
        """Whether a membership of this user covers `division` with a role that allows `verb`."""
        return any(division.path.startswith(path) for path in self.reach(verb))

    def may_everywhere(self, verb: str) -> bool:
        """Whether her posts for `verb` cover the whole tree; so does the administrator."""
        paths = self.reach(verb)
        roots = Division.objects.filter(parent=None).values_list("path", flat=True) if any(paths) else ()
        return "" in paths or (bool(roots) and all(root.startswith(tuple(paths)) for root in roots))


class PersonQuerySet(models.QuerySet["Person"]):
    def unused(self) -> PersonQuerySet:
        """Those at whom nothing anywhere points, so that they can be taken back."""
        return unused(self.filter(user=None))

    def left_alone(self, born: date) -> PersonQuerySet:
        """Those born after a day for whom somebody acted once, and nobody does any more."""
        ties = Guardianship.objects.filter(ward=OuterRef("pk"))
        return self.filter(Exists(ties), ~Exists(ties.filter(until=None)), ~Q(home=None), born_on__gt=born)

    def visible_to(self, user: User | AnonymousUser) -> PersonQuerySet:
        """Staff see the people whose home lies in their reach; everybody sees whom they act for."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(Q(pk__in=acts_for(user).values("pk")) | covered("home", user.reach("people.view")))

    def matching(self, text: str) -> PersonQuerySet:
        """What a clerk types: a name, its pinyin or initials, the tail of a phone, #7."""
        question, found = asked(text), self.filter(merged_into=None).alias(**ALIASES)
        return found.none() if question is None else found.filter(question)


class Person(models.Model):
    """居民: the human being. Most have no account; several may share one phone."""

    full_name = models.CharField(_("姓名"), max_length=60)
    pinyin = models.CharField(_("拼音"), max_length=200, blank=True, db_index=True)
    initials = models.CharField(_("拼音首字母"), max_length=40, blank=True, db_index=True)
    sex = models.CharField(_("性别"), max_length=1, choices=Sex, blank=True)
    born_on = models.DateField(_("出生日期"), null=True, blank=True)
    born_precision = models.CharField(
        _("出生日期精确到"), max_length=5, choices=BirthPrecision, default=BirthPrecision.DAY
    )
    phone = models.CharField(_("电话"), max_length=20, blank=True, db_index=True)
    home = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="residents", verbose_name=_("所在社区")
    )
    user = models.OneToOneField(
        User, models.SET_NULL, null=True, blank=True, related_name="person", verbose_name=_("账号")
    )
    contact_name = models.CharField(_("紧急联系人"), max_length=60, blank=True)
    contact_phone = models.CharField(_("紧急联系电话"), max_length=20, blank=True)
    document_no = SealedTextField(_("证件号码"), blank=True, default="")
    document_index = models.CharField(max_length=64, blank=True, default="", editable=False, db_index=True)
    # A merged record stays, pointing at the one that was kept, so that a merge can be undone.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="absorbed"
    )

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("居民")
        ordering = ("pinyin", "id")
        indexes = INDEXES
        constraints = [
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="person_not_merged_into_itself")
        ]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves; a name without a reading gets one (staff may correct it)."""
        self.spell()
        super().save(*args, **kwargs)

    def spell(self) -> None:
        """Gives a name without a reading its reading."""
        if not self.pinyin:
            self.pinyin, self.initials = spell(self.full_name)

    @property
    def phone_masked(self) -> str:
        return mask_phone(self.phone)

    @property
    def document_masked(self) -> str:
        return mask_document(self.document_no)

    @property
    def ringing(self) -> rules.Number:
        return rules.number_to_ring(self.phone, self.contact_phone)

    def age_on(self, day: date) -> int | None:
        """Full years on a day, or None while the birth date is unknown."""
        return None if self.born_on is None else rules.age(self.born_on, day)

    def has_consent(self, purpose: Purpose) -> bool:
        """Whether someone entitled consented for this person and has not withdrawn."""
        return self.consents.filter(purpose=purpose, withdrawn_at=None).exists()


class GuardianshipQuerySet(models.QuerySet["Guardianship"]):
    def between(self, person_id: int, others: Collection[int | None]) -> GuardianshipQuerySet:
        """Those in force in which this person acts for one of the others, or one of them for her."""
        known = [other for other in others if other is not None]
        either = Q(guardian=person_id, ward__in=known) | Q(ward=person_id, guardian__in=known)
        return self.filter(either, until=None)


class Guardianship(models.Model):
    """监护与代办: `guardian` may act for `ward` - a child, or an elder who named a helper."""

    guardian = models.ForeignKey(Person, models.CASCADE, related_name="wards", verbose_name=_("代办人"))
    ward = models.ForeignKey(Person, models.CASCADE, related_name="guardians", verbose_name=_("被代办人"))
    kind = models.CharField(_("关系"), max_length=8, choices=GuardianKind)
    relation = models.CharField(_("称呼"), max_length=20, blank=True, help_text=_("例如：孙子、母亲"))
    confirmed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("核实人")
    )
    since = models.DateTimeField(_("起"), db_default=Now())
    until = models.DateTimeField(_("止"), null=True, blank=True)

    objects = GuardianshipQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("监护与代办")
        constraints = [
            models.UniqueConstraint(
                fields=["guardian", "ward"], condition=Q(until=None), name="guardianship_once"
            ),
            models.CheckConstraint(condition=~Q(guardian=F("ward")), name="guardianship_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.guardian} → {self.ward}"


_ACTS_FOR = """
    SELECT id FROM people_person WHERE user_id = %s
    UNION SELECT g.ward_id FROM people_guardianship g JOIN people_person p ON p.id = g.guardian_id
    WHERE p.user_id = %s AND g.until IS NULL
"""


def acts_for(user: User) -> PersonQuerySet:
    """The people this account may act for: its own person, wards, elders who named it. A union of two look-ups
    by index: joined by OR they would read the whole register (276 ms among 200,000, on every page)."""
    return Person.objects.filter(pk__in=RawSQL(_ACTS_FOR, (user.pk, user.pk)), merged_into=None)  # noqa: S611


class MembershipQuerySet(models.QuerySet["Membership"]):
    def valid_on(self, day: date) -> MembershipQuerySet:
        """Memberships in force on a day (both ends included)."""
        return self.filter(Q(until=None) | Q(until__gte=day), since__lte=day)

    def allowing(self, verb: str, day: date, place: Division | None = None) -> MembershipQuerySet:
        """Of accounts that may enter, in force on a day, those that allow `verb`; with a place, there and above."""
        held = self.valid_on(day).filter(role__in=rules.MAY[verb], user__is_active=True, user__is_staff=True)
        return held if place is None else held.filter(division__in=place.with_above)


class Membership(models.Model):
    """岗位: a user's role in a division; it reaches the division and everything below it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("账号"))
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("区划"))
    role = models.CharField(_("角色"), max_length=20, choices=Role)
    since = models.DateField(_("起"), default=timezone.localdate)
    until = models.DateField(_("止"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("岗位")
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="membership_until_after_since"
            ),
            models.UniqueConstraint(
                fields=["user", "division", "role"], condition=Q(until=None), name="membership_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.division} · {self.get_role_display()}"


class Consent(models.Model):
    """同意书: who agreed to what for whom, and when; withdrawn, never deleted."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="consents", verbose_name=_("本人"))
    purpose = models.CharField(_("用途"), max_length=20, choices=Purpose)
    given_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("同意人"))
    recorded_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("登记人")
    )
    given_at = models.DateTimeField(_("同意时间"))
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("同意书")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose"], condition=Q(withdrawn_at=None), name="consent_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_purpose_display()}"


class RevealLog(models.Model):
    """查阅记录: each look at sealed data, with its reason; the resident can read it."""

    user = models.ForeignKey(User, models.PROTECT, related_name="reveals", verbose_name=_("查阅人"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="reveals", verbose_name=_("居民"))
    field = models.CharField(_("内容"), max_length=40)
    reason = models.CharField(_("理由"), max_length=200)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("查阅记录")
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.field}"

    @property
    def what(self) -> str:
        """What was looked at, in the words of the record."""
        words = {one.name: one.verbose_name for one in Person._meta.fields} | rules.LOOKS
        return str(words.get(self.field, self.field))


class Words(models.Model):
    """原话: what was typed about people. Histories, which stay, point here: closing a record empties it."""

    text = SealedTextField(_("内容"), blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = _("原话")

    def __str__(self) -> str:
        return f"#{self.pk}"


class DeskCode(models.Model):
    """服务台验证码: printed for a person without a smartphone; used once, then dead."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="desk_codes", verbose_name=_("居民"))
    code_hash = models.CharField(max_length=64, unique=True)
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("发放人"))
    issued_at = models.DateTimeField(_("发放时间"))
    expires_at = models.DateTimeField(_("有效至"))
    used_at = models.DateTimeField(_("使用时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("服务台验证码")
        ordering = ("-issued_at",)

    def __str__(self) -> str:
        return f"{self.person} · {self.expires_at:%m-%d %H:%M}"

    def usable_at(self, now: datetime) -> bool:
        """Whether it still opens the door."""
        return self.used_at is None and now < self.expires_at


# What points at the kept one now; or "part", an app, and what it wants to be told at undoing.
MergeEntry = Moved | tuple[str, str, dict[str, object]]


class Merge(models.Model):
    """合并记录: which person was folded into which, and what was moved, so that it can be undone."""

    kept = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("保留"))
    merged = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("并入"))
    moved: models.JSONField[list[MergeEntry], list[MergeEntry]] = models.JSONField(default=list)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("操作人"))
    at = models.DateTimeField(_("时间"))
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("合并记录")
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{self.merged} → {self.kept}"
