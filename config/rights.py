"""What the application's role may do with each table: common/roles.py grants this, and nothing else.

The tables' owner is another role, which migrates. So whatever the application is made to do, it
drops no guard, switches none off, and rewrites none of what stands here as history. A table that is
not named has the usual rights; tests/test_roles.py says which must be named, and tries each right.
"""

USUAL = "SELECT, INSERT, UPDATE, DELETE"
READ = "SELECT"  # written by functions that run with the owner's rights, or by migrations
HISTORY = "SELECT, INSERT"
KEPT = "SELECT, INSERT, UPDATE"  # rows that are never taken away

RIGHTS = {
    "django_migrations": READ,
    # The journal: its functions number and chain the lines.
    "journal_entry": HISTORY,
    "journal_head": READ,
    # Visits.
    "visits_visitcallback": KEPT,
    "visits_carecase": KEPT,
    "visits_carepause": KEPT,
    "visits_caretightening": f"{HISTORY}, UPDATE (ended_on)",
    "visits_carepolicy": HISTORY,
    "visits_change": HISTORY,
    "visits_homevisit": HISTORY,
    "visits_finding": f"{HISTORY}, UPDATE (person_id)",
    "visits_visited": f"{HISTORY}, UPDATE (person_id)",  # a merge carries it over
    # Courses.
    "courses_enrolmentevent": HISTORY,
    "courses_attendanceevent": HISTORY,
    # Grievances.
    "grievances_categoryevent": HISTORY,
    "grievances_route": KEPT,
    "grievances_routeevent": HISTORY,
    "grievances_clockpolicy": HISTORY,
    "grievances_ticket": KEPT,
    "grievances_clock": KEPT,
    "grievances_commitment": KEPT,
    "grievances_referral": KEPT,
    "grievances_transition": HISTORY,
    "grievances_body": KEPT,
    "grievances_bodyevent": HISTORY,
    "grievances_meeting": KEPT,
    "grievances_agendaitem": KEPT,
    "grievances_correction": KEPT,
    "grievances_vote": HISTORY,
    "grievances_judgement": HISTORY,
    "grievances_meetingrecord": HISTORY,
    "grievances_ticketpicture": f"{HISTORY}, DELETE",  # with the words of its ticket: a trigger asks
    # Grants.
    "grants_pitch": KEPT,
    "grants_pitchevent": HISTORY,
    "grants_expertscore": HISTORY,
    # Orders.
    "orders_serviceorder": KEPT,
    "orders_orderoffer": KEPT,
    "orders_orderevent": HISTORY,
    "orders_callback": KEPT,
    "orders_servicecard": KEPT,
    "orders_stallbooking": KEPT,
    # Points: the ledger's functions keep its counters (points/migrations/ledger.sql).
    "points_posting": f"{HISTORY}, MAINTAIN",  # which LOCK TABLE asks for, when a day is closed
    "points_leg": HISTORY,
    "points_hold": f"{HISTORY}, UPDATE (key)",  # to lock a row; a trigger refuses the update itself
    "points_holdend": HISTORY,
    "points_policy": HISTORY,
    "points_funding": HISTORY,
    "points_stockintake": HISTORY,
    "points_dayhash": HISTORY,
    "points_lot": READ,
    "points_holdlot": READ,
    "points_budgetpot": READ,
    "points_account": f"{HISTORY}, UPDATE (person_id)",
    "points_gift": f"{HISTORY}, UPDATE (center_id, name, about, points, on_offer)",
    # Volunteers.
    "volunteers_shiftsignupevent": HISTORY,
    "volunteers_servicerecord": KEPT,
    "volunteers_evidence": HISTORY,
    # People.
    # A merge carries it over, closing a record empties its words.
    "people_reveallog": f"{HISTORY}, UPDATE (person_id, reason)",
}
