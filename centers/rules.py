"""Enums of places, and distance: pure decisions."""

from math import asin, cos, radians, sin, sqrt

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

EARTH_M = 6_371_000
WALK_M_PER_MINUTE = 70  # an unhurried walk; streets are longer than the crow flies, see DETOUR
DETOUR = 1.3


class DivisionKind(TextChoices):
    CITY = "CITY", _("市")
    DISTRICT = "DISTRICT", _("区县")
    STREET = "STREET", _("街道")
    COMMUNITY = "COMMUNITY", _("社区")
    GRID = "GRID", _("网格")


class CenterKind(TextChoices):
    PARTY_MASS = "PARTY_MASS", _("党群服务中心")
    NEIGHBORHOOD = "NEIGHBORHOOD", _("邻里中心")


class Colour(TextChoices):
    """The seven station colours; their dark twins and icons are in portal.css."""

    RED = "red", _("红")
    ORANGE = "orange", _("橙")
    YELLOW = "yellow", _("黄")
    GREEN = "green", _("绿")
    CYAN = "cyan", _("青")
    BLUE = "blue", _("蓝")
    PURPLE = "purple", _("紫")


class DayKind(TextChoices):
    HOLIDAY = "HOLIDAY", _("放假")
    MAKEUP_WORKDAY = "MAKEUP_WORKDAY", _("调休上班")


WEEKDAYS = (
    (1, _("周一")),
    (2, _("周二")),
    (3, _("周三")),
    (4, _("周四")),
    (5, _("周五")),
    (6, _("周六")),
    (7, _("周日")),
)


def metres(lat1: float, lng1: float, lat2: float, lng2: float) -> float:
    """Great-circle distance of two WGS-84 points, in metres."""
    half_lat, half_lng = radians(lat2 - lat1) / 2, radians(lng2 - lng1) / 2
    h = sin(half_lat) ** 2 + cos(radians(lat1)) * cos(radians(lat2)) * sin(half_lng) ** 2
    return 2 * EARTH_M * asin(sqrt(h))


def walk_minutes(distance_m: float) -> int:
    """Minutes on foot for a distance as the crow flies, at least 1."""
    return max(1, round(distance_m * DETOUR / WALK_M_PER_MINUTE))
