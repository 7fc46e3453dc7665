"""Enums of people, who may do what, ages: pure decisions."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.masking import mask_phone

# 个人信息保护法 art. 31: under 14, nothing without a guardian's consent.
CONSENT_AGE = 14
GROWN_UP = 18  # 民法典 art. 17
FIRST_BIRTH = date(1900, 1, 1)
DESK_CODE_HOURS = 24
CLOSED = "-"  # how the name of a closed record is spelt
# How a log calls it that somebody was found beyond the reach of who looked; columns are called by their names.
LOOKED = "lookup"
LOOKS = {LOOKED: _("在负责范围外找到您")}


class Sex(TextChoices):
    FEMALE = "F", _("女")
    MALE = "M", _("男")


class BirthPrecision(TextChoices):
    """How much of `born_on` is known: registers often hold only "1939.2"."""

    DAY = "DAY", _("年月日")
    MONTH = "MONTH", _("年月")
    YEAR = "YEAR", _("年")


class Role(TextChoices):
    DIRECTOR = "DIRECTOR", _("中心主任")
    SOCIAL_WORKER = "SOCIAL_WORKER", _("社工")
    GRID_WORKER = "GRID_WORKER", _("网格员")
    TEACHER = "TEACHER", _("教师")
    MEETING_SECRETARY = "MEETING_SECRETARY", _("说事会秘书")
    STREET_OFFICER = "STREET_OFFICER", _("街道干部")
    PARTNER = "PARTNER", _("共建单位")
    AUDITOR = "AUDITOR", _("审计员")


# Posts that look over the shoulder of whoever gives posts: they are given, opened and ended from above.
FROM_ABOVE = frozenset({Role.AUDITOR, Role.STREET_OFFICER})


class GuardianKind(TextChoices):
    GUARDIAN = "GUARDIAN", _("监护人")
    RELATIVE = "RELATIVE", _("亲属（代为报名）")
    AGENT = "AGENT", _("代办人（本人指定）")


class Purpose(TextChoices):
    """What a consent is for."""

    COURSES = "COURSES", _("参加课程和活动")
    AGENT = "AGENT", _("由他人代办")
    VOLUNTEERING = "VOLUNTEERING", _("参加志愿服务")


# verb -> the roles that may do it inside their reach. Pages, API and admin all ask user.may().
_DESK = {Role.DIRECTOR, Role.SOCIAL_WORKER}
MAY: dict[str, set[Role]] = {
    "people.view": {*_DESK, Role.STREET_OFFICER, Role.GRID_WORKER},
    "people.change": _DESK,
    "people.reveal": _DESK,
    "people.merge": _DESK,
    "people.staff": {Role.DIRECTOR},
    "people.desk_code": {*_DESK, Role.GRID_WORKER},
    "centers.change": {Role.DIRECTOR, Role.STREET_OFFICER},
    "courses.view": {*_DESK, Role.STREET_OFFICER, Role.AUDITOR},
    "courses.change": {*_DESK, Role.STREET_OFFICER},
    "courses.enrol": _DESK,
    "courses.attendance": {*_DESK, Role.TEACHER},
    "courses.message": _DESK,
    "courses.import": _DESK,
    "notices.call_list": _DESK,
    "volunteers.view": {*_DESK, Role.STREET_OFFICER, Role.GRID_WORKER, Role.AUDITOR},
    "volunteers.change": {*_DESK, Role.STREET_OFFICER},
    "volunteers.record": {*_DESK, Role.GRID_WORKER},
    "volunteers.approve": _DESK,
    "orders.dispatch": {*_DESK, Role.GRID_WORKER},
    "points.ledger": {Role.DIRECTOR, Role.STREET_OFFICER},
    "points.gifts": _DESK,
    "journal.view": {Role.AUDITOR},
    "grievances.intake": _DESK,
    "grievances.handle": {*_DESK, Role.GRID_WORKER, Role.STREET_OFFICER},
    "grievances.supervise": {Role.DIRECTOR},
    "grievances.street": {Role.STREET_OFFICER},
    "grievances.meetings": {Role.DIRECTOR, Role.MEETING_SECRETARY},
    "grievances.routes": {Role.DIRECTOR, Role.STREET_OFFICER},
    "visits.view": {*_DESK, Role.GRID_WORKER, Role.STREET_OFFICER},
    "visits.register": {*_DESK, Role.GRID_WORKER},
    "visits.care": _DESK,
    "visits.policy": {Role.DIRECTOR, Role.STREET_OFFICER},
    "visits.record": {*_DESK, Role.GRID_WORKER},
    "grants.change": {Role.DIRECTOR, Role.STREET_OFFICER},
}


class Letter(TextChoices):
    """What she is told about her account."""

    CODE_PRINTED = "CODE_PRINTED", _("给您打印了登录验证码")
    OPENED_BY_CODE = "OPENED_BY_CODE", _("有人用验证码登录了")
    MERGED = "MERGED", _("您的档案合并过或拆开过")
    NEW_PASSWORD = "NEW_PASSWORD", _("账号换了新密码")
    TIED = "TIED", _("给您登记了代办人或监护人")
    VOUCHED = "VOUCHED", _("服务台核对了您的身份")


def may(verb: str, role: str) -> bool:
    """Whether a role allows a verb. An unknown verb is a programming mistake: KeyError."""
    return role in MAY[verb]


def age(born_on: date, on: date) -> int:
    """Full years of age on a day."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def grown_up_born(on: date) -> date:
    """The last day of birth of those who are grown up on a day."""
    try:
        return on.replace(year=on.year - GROWN_UP)
    except ValueError:  # born on a 29 February, grown up on the 1 March after
        return date(on.year - GROWN_UP, 2, 28)


def stays_guarded(ended: Iterable[str], left: Collection[str]) -> bool:
    """Whether a child for whom ties of these kinds end has somebody left: a guardian for a guardian,
    for anybody else anybody. 民法典 art. 27: a child is under guardianship until it is grown up."""
    return GuardianKind.GUARDIAN in left or (bool(left) and GuardianKind.GUARDIAN not in ended)


def needs_guardian(born_on: date | None, on: date) -> bool:
    """Whether the law wants a guardian's consent; an unknown birth date counts as grown up."""
    return born_on is not None and age(born_on, on) < CONSENT_AGE


class Number(NamedTuple):
    """A telephone number of somebody who is to be rung, and in which field of her record it stands."""

    field: str
    full: str
    masked: str


def number_to_ring(phone: str, contact_phone: str) -> Number:
    """Her own, else her contact's; `full` is "" where neither is on file."""
    number = phone or contact_phone
    return Number("phone" if phone else "contact_phone", number, mask_phone(number))


_MACHINES = {
    "iPhone": _("苹果手机"),
    "iPad": _("苹果平板"),
    "HarmonyOS": _("鸿蒙手机"),
    "Android": _("安卓手机"),
    "Windows": _("Windows 电脑"),
    "Macintosh": _("苹果电脑"),
    "Linux": _("Linux 电脑"),
}
# Most call themselves Chrome and Safari beside their own name: those two come last.
_PROGRAMS = {
    "MicroMessenger": _("微信"),
    "AlipayClient": _("支付宝"),
    "DingTalk": _("钉钉"),
    "HuaweiBrowser": _("华为浏览器"),
    "MiuiBrowser": _("小米浏览器"),
    "QQBrowser": _("QQ 浏览器"),
    "UCBrowser": _("UC 浏览器"),
    "Edg": "Edge",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
_LONGEST_AGENT = 60


def device(user_agent: str) -> str:
    """What a browser runs on, as people say it: 苹果手机 · 微信. An unknown one says its own name."""
    known = [
        next((str(words[sign]) for sign in words if sign in user_agent), "")
        for words in (_MACHINES, _PROGRAMS)
    ]
    return " · ".join(filter(None, known)) or user_agent[:_LONGEST_AGENT]
