"""Volunteering: who serves, what was done."""

from volunteers.models.register import PartnerShop, PartnerUnit, Skill, Team, TeamMember, Volunteer
from volunteers.models.service import Evidence, ServiceRecord

__all__ = [
    "Evidence",
    "PartnerShop",
    "PartnerUnit",
    "ServiceRecord",
    "Skill",
    "Team",
    "TeamMember",
    "Volunteer",
]
