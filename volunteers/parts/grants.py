"""公益创投: the pitches of one's team or unit, letters about them, the desk of calls."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from people.models import User
from people.parts import About, Link, Part, Section
from volunteers.models import Pitch

MOST = 20


def _mine(user: User, _now: datetime) -> list[Section]:
    pitches = list(Pitch.objects.public().pitched_by(user).order_by("-pk")[:MOST])
    shown = {"pitches": pitches}
    return (
        [Section(_("我报的创投项目"), template="volunteers/grants/_mine.html", shown=shown)]
        if pitches
        else []
    )


def _address(about: About) -> Link | None:
    if about.type == "pitch":
        label = _("看项目：%(name)s") % {"name": about.data.get("name", "")}
        return Link(label, reverse("volunteers:pitch", args=[about.id]))
    if about.type == "call":
        return Link(_("看报上来的项目"), reverse("volunteers:grant", args=[about.id]))
    return None


def _waiting(user: User, _now: datetime) -> list[Link]:
    if not user.is_staff or not user.reach("volunteers.grants"):
        return []
    note = _("征集、评审、签约、报告、放行")
    return [Link(_("公益创投"), reverse("volunteers:staff_grants"), note, "briefcase")]


PART = Part(
    app="grants",
    within={"volunteers:home": ("/grants",)},
    mine=_mine,
    address=_address,
    waiting=_waiting,
)
