"""The order in which all verbs lock rows, from the top down: docs/locking.md says the rules.

Upper apps come first, because calls run downward: a verb of `courses` calls `notices`, never the
reverse. The few that stand elsewhere say why. tests/test_lock_order.py plays every verb that locks and
compares; tests/test_locking.py compares the document with this list.
"""

from common.locks import Lock

BY_ID = "ascending id"
ONE = "one"

LOCK_ORDER: list[Lock] = [
    # What leads to everything below.
    Lock("people_merge", ONE, "undoing a merge leads to everything below"),
    Lock("visits_householdbook", ONE, "a household book leads to grids, homes and the people in them"),
    Lock("visits_bookrow", ONE, "a household of a book", under=("visits_householdbook",)),
    Lock("visits_bookfile", ONE, "goes once it is read"),
    Lock("centers_division", BY_ID, "to be alone in a community; a newcomer then gets her seat"),
    # Visits.
    Lock("visits_building", BY_ID, "buildings of a grid are ordered together; leads to its homes"),
    Lock("visits_household", BY_ID, "who lives in a home, and what is said of it, one after the other"),
    Lock("visits_residence", BY_ID, "under its household; moves with its person in a merge"),
    Lock("visits_visited", BY_ID, "moves with its person in a merge"),
    Lock("visits_finding", BY_ID, "moves with its person in a merge"),
    Lock("visits_caretightening", ONE, "leads to the cases of its area"),
    Lock("visits_carecase", BY_ID, "its day and its pause; after the household whose visit counts for it"),
    Lock(
        "visits_carepause", "the running one", "what she asked for", by_id=False, under=("visits_carecase",)
    ),
    Lock("visits_visitcallback", ONE, "what the household said"),
    # Courses.
    Lock("courses_registerimport", ONE, "confirming and undoing an import lead to all its classes"),
    Lock("courses_registerrow", ONE, "lines of an import", under=("courses_registerimport",)),
    Lock("courses_term", ONE, "lets only one register of it in at a time"),
    Lock(
        "courses_classgroup",
        BY_ID,
        "a pool: it counts seats and hands out positions; whoever holds it decides alone who is next",
    ),
    Lock("courses_session", "ascending id, after their class", "the pool where people enrol by session"),
    Lock(
        "courses_attendance",
        "in one statement",
        "marks of a session",
        by_id=False,
        under=("courses_session",),
    ),
    Lock(
        "courses_enrolment",
        "the one acted on, then the line by position",
        "only under the lock of its pool",
        by_id=False,
        under=("courses_classgroup", "courses_session"),
    ),
    Lock("courses_teacher", BY_ID, "moves with its person in a merge"),
    # Grievances.
    Lock("grievances_body", ONE, "calling its next meeting"),
    Lock("grievances_meeting", ONE, "whatever is said at a meeting leads down to tickets"),
    Lock(
        "grievances_presence", "in one statement", "who is there", by_id=False, under=("grievances_meeting",)
    ),
    Lock("grievances_agendaitem", "one", "items of a meeting", by_id=False, under=("grievances_meeting",)),
    Lock(
        "grievances_correction", "one", "what is wrong in minutes", by_id=False, under=("grievances_meeting",)
    ),
    Lock("grievances_ticket", BY_ID, "whoever holds a ticket decides alone what becomes of it"),
    Lock(
        "grievances_commitment",
        "the open one",
        "what was promised about a ticket",
        by_id=False,
        under=("grievances_ticket",),
    ),
    Lock(
        "grievances_referral",
        "the open one",
        "who else looks at a ticket",
        by_id=False,
        under=("grievances_ticket",),
    ),
    Lock("grievances_clock", "by kind", "clocks of a ticket", by_id=False, under=("grievances_ticket",)),
    Lock(
        "grievances_ticketpicture",
        "in one statement",
        "pictures of a ticket",
        by_id=False,
        under=("grievances_ticket",),
    ),
    Lock("grievances_follower", BY_ID, "moves with its person in a merge"),
    Lock("grievances_itemfollower", BY_ID, "moves with its person in a merge"),
    Lock("grievances_bodymember", BY_ID, "moves with its person in a merge"),
    # Grants.
    Lock("grants_grantcall", ONE, "leads to its pitches"),
    Lock("grants_pitch", ONE, "leads down to its order"),
    Lock("grants_pitchreport", ONE, "parts of a pitch", under=("grants_pitch",)),
    Lock("grants_tranche", ONE, "parts of a pitch", under=("grants_pitch",)),
    Lock("grants_pitchvote", BY_ID, "moves with its person in a merge"),
    # Orders.
    Lock("orders_marketday", ONE, "leads to its stalls"),
    Lock("orders_stall", BY_ID, "whoever holds a stall hands out its places"),
    Lock("orders_stallbooking", BY_ID, "after its stall, or alone"),
    Lock("orders_servicecard", BY_ID, "using a card makes an order"),
    Lock("orders_serviceorder", BY_ID, "whoever holds an order decides alone what becomes of it"),
    Lock(
        "orders_orderoffer",
        "in one statement",
        "offers of an order",
        by_id=False,
        under=("orders_serviceorder",),
    ),
    Lock(
        "orders_callback",
        "in one statement",
        "calls about an order",
        by_id=False,
        under=("orders_serviceorder",),
    ),
    # Volunteers, and the certificates of points, which say who a volunteer is.
    Lock("volunteers_activity", BY_ID, "planning is alone in an activity"),
    Lock("volunteers_shift", BY_ID, "a pool: it counts places and hands out positions, as a class does"),
    Lock(
        "volunteers_shiftsignup",
        "the one acted on, then the line by position",
        "only under the lock of its shift",
        by_id=False,
        under=("volunteers_shift",),
    ),
    Lock("volunteers_volunteer", BY_ID, "who may get busy in a shift is locked before the database looks"),
    Lock("volunteers_team", BY_ID, "loses its leader when she goes"),
    Lock("volunteers_teammember", BY_ID, "moves with its volunteer, or ends when she goes"),
    Lock("volunteers_partnerunit", ONE, "gets its contact"),
    Lock("volunteers_partnershop", ONE, "gets its keeper"),
    Lock("volunteers_kiosk", ONE, "is ended"),
    Lock("points_certificate", BY_ID, "moves with its volunteer in a merge"),
    Lock("points_voucher", BY_ID, "leads to the record whose earning it takes back"),
    Lock(
        "volunteers_servicerecord",
        "by sign-up, under their shift; else one, in a merge by id",
        "the end of a shift, an order or a lesson, which call down to it; before the accounts it is worth",
        by_id=False,
    ),
    # Points.
    Lock("points_transfer", BY_ID, "leads to the accounts of both"),
    Lock("points_redemption", BY_ID, "leads to its hold"),
    Lock("points_hold", BY_ID, "leads to its gift and account"),
    Lock("points_budget", ONE, "leads to its pots, and to the gifts it buys"),
    Lock("points_gift", ONE, "before the accounts: a hold takes the gift first"),
    Lock("points_account", BY_ID, "legs are posted in this order, so two postings never wait crosswise"),
    Lock(
        "points_lot", "those that expire first", "parts of an account", by_id=False, under=("points_account",)
    ),
    Lock(
        "points_budgetpot",
        "one that is free (SKIP LOCKED), or all of a budget by id",
        "after all accounts: many pay from one budget, so it is held for the shortest time",
    ),
    # People: nothing above waits for a person, inserting what points at one takes only KEY SHARE on her.
    Lock("people_words", BY_ID, "what histories say; emptied when a record is closed"),
    Lock("people_user", BY_ID, "before her person: an account is asked for its person, not the reverse"),
    Lock("people_person", BY_ID, "at the end of what is hers"),
    Lock("people_deskcode", "in one statement", "parts of a person", by_id=False, under=("people_person",)),
    Lock("people_guardianship", BY_ID, "parts of a person"),
    Lock("people_consent", BY_ID, "parts of a person"),
    Lock("people_membership", ONE, "parts of an account"),
    Lock("people_reveallog", BY_ID, "moves with its person in a merge"),
    # Letters: the end of every story.
    Lock(
        "notices_notice",
        "ascending id, of several things one thing after the other; the outbox skips locked ones",
        "the end of every story",
        by_id=False,
    ),
    Lock("notices_delivery", BY_ID, "whether somebody is rung about a letter", under=("notices_notice",)),
]
