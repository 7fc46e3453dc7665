"""The verbs of people, one module a noun; import them from here."""

from people.actions.accounts import issue_desk_code, redeem_desk_code, register
from people.actions.family import add_ward, end_guardianship, give_consent, name_agent, withdraw_consent
from people.actions.records import erase_person, export_my_data, merge_persons, reveal, undo_merge

__all__ = [
    "add_ward",
    "end_guardianship",
    "erase_person",
    "export_my_data",
    "give_consent",
    "issue_desk_code",
    "merge_persons",
    "name_agent",
    "redeem_desk_code",
    "register",
    "reveal",
    "undo_merge",
    "withdraw_consent",
]
