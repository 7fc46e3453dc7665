"""Volunteering: who serves, what was done, hours and points, what they are spent on."""

from volunteers.models.book import DayHash, day_book
from volunteers.models.coverage import Coverage, MonthTotal, coverage, month_totals
from volunteers.models.dispatch import CallBack, OrderEvent, OrderOffer, ServiceCard
from volunteers.models.dossier import known_of
from volunteers.models.gifts import Gift, StockIntake
from volunteers.models.grants import (
    ExpertScore,
    GrantCall,
    Pitch,
    PitchEvent,
    PitchReport,
    PitchVote,
    Tranche,
)
from volunteers.models.honour import Certificate
from volunteers.models.ledger import Account, Hold, HoldEnd, HoldLot, Leg, Lot, Posting
from volunteers.models.market import MarketDay, Stall, StallBooking
from volunteers.models.matching import Candidate, candidates
from volunteers.models.orders import ServiceItem, ServiceOrder
from volunteers.models.passbook import Standing, Statement, passbook_page, standing, statement
from volunteers.models.policy import Budget, BudgetPot, Funding, Policy
from volunteers.models.register import PartnerShop, PartnerUnit, Skill, Team, TeamMember, Volunteer
from volunteers.models.service import Evidence, ServiceRecord
from volunteers.models.shifts import Activity, Shift
from volunteers.models.signups import ShiftSignup
from volunteers.models.spending import Redemption, Transfer
from volunteers.models.takers import WITH_TAKER, answered_for_by
from volunteers.models.wall import sources_of, wall

__all__ = [
    "WITH_TAKER",
    "Account",
    "Activity",
    "Budget",
    "BudgetPot",
    "CallBack",
    "Candidate",
    "Certificate",
    "Coverage",
    "DayHash",
    "Evidence",
    "ExpertScore",
    "Funding",
    "Gift",
    "GrantCall",
    "Hold",
    "HoldEnd",
    "HoldLot",
    "Leg",
    "Lot",
    "MarketDay",
    "MonthTotal",
    "OrderEvent",
    "OrderOffer",
    "PartnerShop",
    "PartnerUnit",
    "Pitch",
    "PitchEvent",
    "PitchReport",
    "PitchVote",
    "Policy",
    "Posting",
    "Redemption",
    "ServiceCard",
    "ServiceItem",
    "ServiceOrder",
    "ServiceRecord",
    "Shift",
    "ShiftSignup",
    "Skill",
    "Stall",
    "StallBooking",
    "Standing",
    "Statement",
    "StockIntake",
    "Team",
    "TeamMember",
    "Tranche",
    "Transfer",
    "Volunteer",
    "answered_for_by",
    "candidates",
    "coverage",
    "day_book",
    "known_of",
    "month_totals",
    "passbook_page",
    "sources_of",
    "standing",
    "statement",
    "wall",
]
