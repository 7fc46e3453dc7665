"""The household register: how people of one household belong together, what a door is called; pure decisions."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import TextChoices
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from common.moves import Need

LONGEST_NAME = 40
LONGEST_DOOR = 20
LONGEST_NOTE = 300
WHAT_CALLED = Need("name", _("请写楼栋叫什么，例如“3号楼”。"))
WHICH_ROOM = Need("room", _("请写房号，例如“501”或“东户”。"))


class Relation(TextChoices):
    """To the head of the household; coarser than GB/T 4761, which tells more than a visit needs."""

    HEAD = "HEAD", _("户主")
    SPOUSE = "SPOUSE", _("配偶")
    CHILD = "CHILD", _("子女")
    IN_LAW = "IN_LAW", _("儿媳或女婿")
    GRANDCHILD = "GRANDCHILD", _("孙辈")
    PARENT = "PARENT", _("父母或公婆")
    GRANDPARENT = "GRANDPARENT", _("祖父母")
    SIBLING = "SIBLING", _("兄弟姐妹")
    OTHER_KIN = "OTHER_KIN", _("其他亲属")
    CARER = "CARER", _("保姆或照料的人")
    TENANT = "TENANT", _("租客")
    OTHER = "OTHER", _("其他")


def door(unit: str, room: str) -> str:
    """What people of a building call a home: "2单元501"; low houses have no unit."""
    if unit.isascii() and unit.isdigit():
        return _t("%(unit)s单元%(room)s") % {"unit": unit, "room": room}
    return f"{unit}{room}"


def numbered(before: Iterable[int], asked: Iterable[int]) -> dict[int, int]:
    """The place of each row in her walk: those she named in her order, then the others as they stood."""
    named = list(dict.fromkeys(asked))
    rest = [pk for pk in before if pk not in set(named)]
    return {pk: number for number, pk in enumerate([*named, *rest], start=1)}
