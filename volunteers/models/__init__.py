"""Volunteering: who serves, what there is to do, who comes, what was done."""

from volunteers.models.register import PartnerShop, PartnerUnit, Skill, Team, TeamMember, Volunteer
from volunteers.models.service import Evidence, ServiceRecord
from volunteers.models.shifts import Activity, Shift
from volunteers.models.signups import ShiftSignup

__all__ = [
    "Activity",
    "Evidence",
    "PartnerShop",
    "PartnerUnit",
    "ServiceRecord",
    "Shift",
    "ShiftSignup",
    "Skill",
    "Team",
    "TeamMember",
    "Volunteer",
]
