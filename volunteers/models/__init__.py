"""Volunteering: who serves, what was done, hours and points, what they are spent on."""

from volunteers.models.book import DayHash, day_book
from volunteers.models.coverage import Coverage, coverage
from volunteers.models.gifts import Gift, StockIntake
from volunteers.models.honour import Certificate
from volunteers.models.ledger import Account, Hold, HoldEnd, HoldLot, Leg, Lot, Posting
from volunteers.models.policy import Budget, BudgetPot, Funding, Policy
from volunteers.models.register import PartnerShop, PartnerUnit, Skill, Team, TeamMember, Volunteer
from volunteers.models.service import Evidence, ServiceRecord
from volunteers.models.shifts import Activity, Shift
from volunteers.models.signups import ShiftSignup
from volunteers.models.spending import Redemption, Transfer

__all__ = [
    "Account",
    "Activity",
    "Budget",
    "BudgetPot",
    "Certificate",
    "Coverage",
    "DayHash",
    "Evidence",
    "Funding",
    "Gift",
    "Hold",
    "HoldEnd",
    "HoldLot",
    "Leg",
    "Lot",
    "PartnerShop",
    "PartnerUnit",
    "Policy",
    "Posting",
    "Redemption",
    "ServiceRecord",
    "Shift",
    "ShiftSignup",
    "Skill",
    "StockIntake",
    "Team",
    "TeamMember",
    "Transfer",
    "Volunteer",
    "coverage",
    "day_book",
]
