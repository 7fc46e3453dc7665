"""Who could take an order: for the dispatcher's eyes, with the reasons in words; never a ranking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from centers.models import Division
from common.reach import within
from orders.models.dispatch import OrderOffer
from orders.models.orders import ServiceOrder
from orders.rules.orders import OfferAnswer, OrderState
from people.models import User
from volunteers.models.roll import Volunteer

MOST = 12


@dataclass(frozen=True)
class Candidate:
    volunteer: Volunteer
    reasons: list[str]


def _able(order: ServiceOrder, user: User, day: date) -> QuerySet[Volunteer]:
    """Volunteers in the dispatcher's reach who may take it at all."""
    declined = OrderOffer.objects.filter(order=order, answer=OfferAnswer.DECLINED, volunteer__isnull=False)
    able = (
        within(Volunteer.objects.active(), "person__home", user.reach("orders.dispatch"))
        .exclude(person__in=[pk for pk in (order.requester_id, order.for_person_id) if pk])
        # Who said no is not asked about the same thing again.
        .exclude(pk__in=declined.values("volunteer"))
    )
    if order.item and order.item.skill_id:
        able = able.filter(skills=order.item.skill_id)
    if order.item and order.item.dangerous:
        able = able.filter(insured_until__gte=day)
    return able


def candidates(order: ServiceOrder, user: User, today: date) -> list[Candidate]:
    """Whom the dispatcher might ask, nearest first, then who has least to do."""
    ancestors = Division.objects.filter(pk__in=order.division.with_above)
    places = sorted(ancestors, key=lambda place: -len(place.path))[:3]
    near = [
        When(person__home__path__startswith=place.path, then=Value(3 - n)) for n, place in enumerate(places)
    ]
    load = Count("serviceorders", filter=Q(serviceorders__state=OrderState.TAKEN))
    ranked = (
        _able(order, user, order.day(today))
        .annotate(near=Case(*near, default=Value(0), output_field=IntegerField()), load=load)
        .select_related("person__home")
        .order_by("-near", "load", "person__pinyin", "pk")[:MOST]
    )
    return [Candidate(one, _reasons(one, one.load, order, places)) for one in ranked]


def _reasons(volunteer: Volunteer, load: int, order: ServiceOrder, places: list[Division]) -> list[str]:
    home = volunteer.person.home
    shared = next((place for place in places if home and home.path.startswith(place.path)), None)
    words = []
    if order.item and order.item.skill:
        words.append(_("会%(skill)s") % {"skill": order.item.skill})
    if order.item and order.item.dangerous:
        words.append(_("那天有保险"))
    if shared:
        words.append(_("同在%(place)s") % {"place": shared})
    else:
        words.append(_("住在%(place)s") % {"place": home} if home else _("没有登记住处"))
    words.append(
        ngettext("手上有 %(n)s 单", "手上有 %(n)s 单", load) % {"n": load} if load else _("手上没有单")
    )
    return words
