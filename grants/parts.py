"""公益创投: the pitches of one's team or unit, letters about them, the desk of calls."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from grants.actions import persons
from grants.models import Pitch
from grants.rules import Letter
from people.models import User
from people.parts import About, Link, Part, Section

MOST = 20


def _mine(user: User, _now: datetime) -> list[Section]:
    pitches = list(Pitch.objects.public().pitched_by(user).order_by("-pk")[:MOST])
    shown = {"pitches": pitches}
    return [Section(_("我报的创投项目"), template="grants/_mine.html", shown=shown)] if pitches else []


def _address(about: About) -> Link | None:
    if about.type == "pitch":
        label = _("看项目：%(name)s") % {"name": about.data.get("name", "")}
        return Link(label, reverse("grants:pitch", args=[about.id]))
    if about.type == "call":
        return Link(_("看报上来的项目"), reverse("grants:call", args=[about.id]))
    return None


def _asked(_user: User | None) -> list[Link]:
    """On the menu of services: what residents may say yes or no to."""
    return [Link(_("公益创投"), reverse("grants:calls"), _("哪个项目需要，您说了算"), "briefcase")]


def _run(user: User | None) -> list[Link]:
    """On the board of orders, for who runs grants."""
    may = user is not None and bool(user.reach("grants.change"))
    return [Link(_("公益创投"), reverse("grants:staff_calls"))] if may else []


def _waiting(user: User, _now: datetime) -> list[Link]:
    if not user.is_staff or not user.reach("grants.change"):
        return []
    note = _("征集、评审、签约、报告、放行")
    return [Link(_("公益创投"), reverse("grants:staff_calls"), note, "briefcase")]


PART = Part(
    app="grants",
    within={"volunteers:home": ("/grants",)},
    beyond={"orders:services": _asked, "orders:staff_orders": _run},
    mine=_mine,
    address=_address,
    waiting=_waiting,
    letters=Letter,
    copy=persons.copy,
    lock=persons.lock,
    erase=persons.erase,
    named=persons.named,
    fold=persons.fold,
)
