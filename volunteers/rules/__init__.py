"""Enums and pure decisions of volunteering, one module a noun; import them from here."""

from volunteers.rules.register import TeamKind, Trade, VolunteerState, insured_on
from volunteers.rules.service import (
    INDEPENDENT,
    MANUAL_PREFIX,
    EvidenceDraft,
    EvidenceKind,
    RecordState,
    enough_evidence,
)

__all__ = [
    "INDEPENDENT",
    "MANUAL_PREFIX",
    "EvidenceDraft",
    "EvidenceKind",
    "RecordState",
    "TeamKind",
    "Trade",
    "VolunteerState",
    "enough_evidence",
    "insured_on",
]
