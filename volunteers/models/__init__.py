"""Volunteering: who serves, what was done."""

from volunteers.models.dispatch import CallBack, OrderEvent, OrderOffer, ServiceCard
from volunteers.models.grants import (
    ExpertScore,
    GrantCall,
    Pitch,
    PitchEvent,
    PitchReport,
    PitchVote,
    Tranche,
)
from volunteers.models.market import MarketDay, Stall, StallBooking
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
    "ExpertScore",
    "GrantCall",
    "MarketDay",
    "OrderEvent",
    "OrderOffer",
    "PartnerShop",
    "PartnerUnit",
    "Pitch",
    "PitchEvent",
    "PitchReport",
    "PitchVote",
    "ServiceCard",
    "ServiceItem",
    "ServiceOrder",
    "ServiceRecord",
    "Skill",
    "Stall",
    "StallBooking",
    "Team",
    "TeamMember",
    "Tranche",
    "Volunteer",
    "answered_for_by",
    "candidates",
]
