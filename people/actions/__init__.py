"""The verbs of people, one module a noun; import them from here."""

from people.actions.accounts import choose_home, issue_desk_code, redeem_desk_code, register, tell_birth
from people.actions.family import add_ward, end_guardianship, give_consent, name_agent, withdraw_consent
from people.actions.persons import add_person, log_reveals, set_document, set_phone
from people.actions.records import erase_person, export_my_data, merge_persons, reveal, undo_merge
from people.actions.staff import appoint, drop_mfa, end_membership, set_password

__all__ = [
    "add_person",
    "add_ward",
    "appoint",
    "choose_home",
    "drop_mfa",
    "end_guardianship",
    "end_membership",
    "erase_person",
    "export_my_data",
    "give_consent",
    "issue_desk_code",
    "log_reveals",
    "merge_persons",
    "name_agent",
    "redeem_desk_code",
    "register",
    "reveal",
    "set_document",
    "set_password",
    "set_phone",
    "tell_birth",
    "undo_merge",
    "withdraw_consent",
]
