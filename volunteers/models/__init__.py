"""Volunteering: who serves, what was done, hours and points, what they are spent on."""

from volunteers.models.book import DayHash, day_book
from volunteers.models.coverage import Coverage, MonthTotal, coverage, month_totals
from volunteers.models.gifts import Gift, StockIntake
from volunteers.models.honour import Certificate
from volunteers.models.ledger import Account, Hold, HoldEnd, HoldLot, Leg, Lot, Posting
from volunteers.models.passbook import Standing, Statement, passbook_page, standing, statement
from volunteers.models.policy import Budget, BudgetPot, Funding, Policy
from volunteers.models.register import PartnerShop, PartnerUnit, Skill, Team, TeamMember, Volunteer
from volunteers.models.service import Evidence, ServiceRecord
from volunteers.models.spending import Redemption, Transfer
from volunteers.models.wall import sources_of, wall

__all__ = [
    "Account",
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
    "MonthTotal",
    "PartnerShop",
    "PartnerUnit",
    "Policy",
    "Posting",
    "Redemption",
    "ServiceRecord",
    "Skill",
    "Standing",
    "Statement",
    "StockIntake",
    "Team",
    "TeamMember",
    "Transfer",
    "Volunteer",
    "coverage",
    "day_book",
    "month_totals",
    "passbook_page",
    "sources_of",
    "standing",
    "statement",
    "wall",
]
