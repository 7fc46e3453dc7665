"""Volunteering: who serves, what was done."""

from volunteers.models.dispatch import CallBack, OrderEvent, OrderOffer, ServiceCard
from volunteers.models.matching import Candidate, candidates
from volunteers.models.orders import ServiceItem, ServiceOrder
from volunteers.models.register import PartnerShop, PartnerUnit, Skill, Team, TeamMember, Volunteer
from volunteers.models.service import Evidence, ServiceRecord
from volunteers.models.takers import WITH_TAKER, answered_for_by

__all__ = [
    "WITH_TAKER",
    "CallBack",
    "Candidate",
    "Evidence",
    "OrderEvent",
    "OrderOffer",
    "PartnerShop",
    "PartnerUnit",
    "ServiceCard",
    "ServiceItem",
    "ServiceOrder",
    "ServiceRecord",
    "Skill",
    "Team",
    "TeamMember",
    "Volunteer",
    "answered_for_by",
    "candidates",
]
