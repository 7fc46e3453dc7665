"""What is left of somebody after her record was closed: every column of every table, every page.

tests/stages/marked.py lets her live here under a name, numbers and words that stand nowhere else, and
types them wherever something can be typed about her. A new column for words must be reached by it, or
be named here with the reason why nothing about a resident stands there.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.sessions.models import Session
from django.db import connection, models
from django.test import Client
from django.urls import reverse

from common.sealed import SealedTextField, unseal
from people.actions.records import erase_person
from people.models import Person
from tests import backoffice, lanes
from tests.addresses import OURS, filled
from tests.factories import people
from tests.stages.marked import BORN, MARKS, NAME, PHONE, Marked

KEY, NUMBER = "a key or a hash", "a number that the house gives"
PUBLIC = "told to everybody about a thing: a class, an activity, a project"
PAPER = "a paper about money: no resident's"

# Columns of words in which nothing about a resident is typed, and why. "app.*": all of the app.
NOT_HERS = {
    "journal.entry.what": KEY,
    "journal.entry.code": "a kind",
    "journal.entry.digest": KEY,
    "centers.*": "a place, its hours, its rooms",
    "auth.*": "posts replace groups: unused",
    "contenttypes.*": "the names of models",
    "account.*": "accounts have no e-mail: unused",
    "mfa.*": "a secret, sealed; goes with the account",
    "usersessions.*": "where from an account is signed in: goes with the account",
    "pghistory.*": "views of events that have tables of their own",
    "admin.logentry.object_id": NUMBER,
    "admin.logentry.object_repr": "the kind of a row and its number",
    "admin.logentry.change_message": "which columns were changed, and the numbers of parts",
    "sessions.session.session_key": KEY,
    "sessions.session.session_data": "the number of an account",
    "people.user.password": KEY,
    "people.deskcode.code_hash": KEY,
    "people.merge.moved": "numbers of rows",
    "people.reveallog.field": "the name of a column, or that she was found",
    "people.person.initials": "three letters; the reading beside them is looked for",
    "notices.notice.about_type": "a kind",
    "notices.notice.kind": "a kind",
    "notices.notice.key": KEY,
    "courses.attendanceevent.pgh_label": "a kind",
    "courses.enrolmentevent.pgh_label": "a kind",
    "grievances.categoryevent.pgh_label": "a kind",
    "grievances.routeevent.pgh_label": "a kind",
    "grievances.bodyevent.pgh_label": "a kind",
    "volunteers.shiftsignupevent.pgh_label": "a kind",
    "courses.registerimport.file_name": "a file of the desk",
    "courses.registerimport.notes": "sentences about a whole register",
    "courses.registerrow.made": "numbers of rows",
    "visits.bookrow.made": "numbers of rows",
    "visits.bookrow.known": "numbers of rows",
    "visits.householdbook.file_name": "a file of the desk",
    **dict.fromkeys(
        [
            "courses.term.name",
            "courses.course.name",
            "courses.course.subject",
            "courses.course.about",
            "courses.classgroup.name",
            "courses.classgroup.bring",
            "courses.classgroup.state_reason",
            "courses.session.reason",
            "courses.skippeddate.reason",
            "volunteers.skill.name",
            "volunteers.team.name",
            "volunteers.team.about",
            "volunteers.activity.title",
            "volunteers.activity.about",
            "volunteers.activity.place",
            "volunteers.activity.meeting_point",
            "volunteers.shift.note",
            "volunteers.shift.reason",
            "volunteers.partnerunit.name",
            "volunteers.partnerunit.about",
            "volunteers.partnershop.name",
            "volunteers.partnershop.about",
            "volunteers.partnershop.address",
            "orders.serviceitem.name",
            "orders.serviceitem.about",
            "orders.marketday.title",
            "orders.marketday.place",
            "orders.stall.offers",
            "points.gift.name",
            "points.gift.about",
            "grievances.category.name",
            "grievances.commitment.what",
            "grievances.commitment.evidence",
            "grievances.categoryevent.name",
            "grievances.body.name",
            "grievances.bodyevent.name",
            "grievances.meeting.place",
            "grievances.meeting.reason",
            "grievances.agendaitem.title",
            "grievances.agendaitem.words",
            "grievances.vote.question",
            "grants.grantcall.title",
            "grants.grantcall.text",
            "grants.pitch.title",
            "grants.pitch.text",
            "grants.pitchreport.text",
            "grants.pitchreport.excuse",
            "grants.tranche.condition",
        ],
        PUBLIC,
    ),
    **dict.fromkeys(
        [
            "grants.pitch.contract_no",
            "orders.serviceorder.agreement_no",
            "orders.servicecard.number",
            "points.certificate.number",
        ],
        NUMBER,
    ),
    **dict.fromkeys(
        [
            "grievances.ticket.code_hash",
            "grievances.ticket.content_hash",
            "grievances.ticket.source_key",
            "grievances.ticketpicture.key",
            "grievances.ticketpicture.sha256",
            "grievances.meetingrecord.content_hash",
            "visits.homevisit.content_hash",
        ],
        KEY,
    ),
    **dict.fromkeys(
        ["grievances.ticket.contact_name", "grievances.ticket.contact_phone"],
        "of who has no record, and so none that could be closed",
    ),
    "visits.change.kind": "a kind",
    "visits.bookfile.content": "gone as soon as it is read",
    "visits.householdbook.notes": "what a book's columns are called",
    "visits.carecase.group_name": "one of eight words, which go with the record",
    "visits.carepolicy.basis": PAPER,
    "visits.caretightening.reason": PAPER,
    **dict.fromkeys(
        [
            "visits.building.name",
            "visits.householdbook.places",
            "visits.bookrow.building",
            "visits.bookrow.unit",
            "visits.bookrow.room",
            "visits.household.unit",
            "visits.household.room",
            "visits.household.door_key",
        ],
        "what a place is called",
    ),
    "points.posting.evidence": "numbers of rows, and days",
    "points.posting.memo": "sentences of the house, names of gifts and of services on the menu",
    "orders.serviceorder.done_evidence": "kinds of evidence",
    "orders.serviceorder.key": KEY,
    "volunteers.servicerecord.source_key": KEY,
    **dict.fromkeys(
        ["points.budget.name", "points.funding.source", "points.policy.source", "points.stockintake.note"],
        PAPER,
    ),
    **dict.fromkeys(
        [
            "points.dayhash.digest",
            "points.dayhash.previous",
            "points.funding.key",
            "points.hold.key",
            "points.hold.request_hash",
            "points.posting.key",
            "points.posting.request_hash",
            "points.redemption.code_hash",
            "points.stockintake.key",
            "points.voucher.key",
            "volunteers.kiosk.key_hash",
        ],
        KEY,
    ),
    **dict.fromkeys(
        [
            "points.certificate.contact",
            "points.certificate.handler",
            "points.certificate.in_charge",
            "points.certificate.issuer",
        ],
        "who stands for a certificate: an office and its staff, as the law wants it",
    ),
}
# Columns where her marks stay, and why.
STAYS = {
    "people.person.contact_name": "whom a neighbour wants to be called in need: hers to change, at the desk",
    "people.person.contact_phone": "as the name beside it",
}


def word_columns(model: type[models.Model]) -> Iterator[str]:
    """Where words, or a birth date, can stand."""
    for field in model._meta.concrete_fields:
        if field.name == "born_on" or (
            isinstance(field, models.CharField | models.TextField | models.JSONField | SealedTextField)
            and not field.choices
        ):
            yield f"{model._meta.label_lower}.{field.name}"


def dump() -> Iterator[tuple[str, str, Any]]:
    """Every value of every column of every table: where, which row, and what; sealed words opened."""
    sessions = {row.pk: json.dumps(row.get_decoded(), ensure_ascii=False) for row in Session.objects.all()}
    tables = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT to_jsonb(t) FROM "{table}" t')
            label = tables[table]._meta.label_lower if table in tables else table
            for (row,) in cursor.fetchall():
                for column, value in (json.loads(row) if isinstance(row, str) else row).items():
                    yield f"{label}.{column}", str(row)[:60], _opened(value, sessions)


def _opened(value: Any, sessions: dict[str, str]) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if text.startswith("v1:"):
        return unseal(text)
    return sessions.get(text, text)


def marked_columns() -> dict[str, str]:
    """Where any of her marks stands, each with a row to look at."""
    return {where: f"{row} {value}" for where, row, value in dump() if any(mark in value for mark in MARKS)}


def is_listed(column: str, reasons: dict[str, str]) -> bool:
    return column in reasons or f"{column.split('.')[0]}.*" in reasons


@pytest.fixture
def marked(cast, now, clock) -> Marked:
    return Marked(cast, now)


def test_every_column_of_words_is_reached_or_known_to_be_nobodys(marked):
    found = marked_columns()
    every = {column for model in apps.get_models() for column in word_columns(model)}
    missing = {column for column in every - {*found} if not is_listed(column, NOT_HERS)}
    assert not missing, "\n".join(sorted(missing))
    assert {column for column in found if column in NOT_HERS} == set()


# Words in rows that nobody can change, and why they may stand there.
FIXED = {
    "points.posting.memo": NOT_HERS["points.posting.memo"],
    "points.posting.evidence": NOT_HERS["points.posting.evidence"],
    "points.policy.source": PAPER,
    "points.funding.source": PAPER,
    "points.stockintake.note": PAPER,
    "grievances.categoryevent.name": PUBLIC,
    "grievances.bodyevent.name": PUBLIC,
    "grievances.vote.question": PUBLIC,
    "visits.carepolicy.basis": PAPER,
}


def test_what_nobody_can_change_holds_no_words_about_anybody():
    """Rows that the application may only add: their columns of words are kinds, keys and hashes."""
    tables = {table for table, rights in settings.RIGHTS.items() if rights.startswith(("SELECT, INSERT",))}
    fixed = {table for table in tables if "UPDATE" not in settings.RIGHTS[table].replace("UPDATE (key)", "")}
    models_of = [model for model in apps.get_models() if model._meta.db_table in fixed]
    words = {column for model in models_of for column in word_columns(model)}
    assert {model._meta.label for model in models_of} >= {"orders.OrderEvent", "points.Posting"}
    said = {column for column in words if NOT_HERS.get(column) not in {KEY, "a kind"}}
    assert said == {*FIXED}


def test_nothing_of_her_is_left_in_the_database(marked, now):
    Person.objects.filter(pk=marked.neighbour.pk).update(contact_name=NAME, contact_phone=PHONE)
    UserSession.objects.create(user=marked.person.user, ip="127.0.0.1", session_key="k", user_agent="马可漪")
    erase_person(person_id=marked.person.pk, by=marked.by, now=now, password=people.PASSWORD)
    found = marked_columns()
    assert {where: row for where, row in found.items() if where not in STAYS} == {}
    assert {*STAYS} == {*found}


def numbers(most: int | None) -> dict[str, list[Any]]:
    """By the name that addresses give it (`order_id`, `person_id`): the numbers of rows of a kind."""
    found: dict[str, list[Any]] = defaultdict(list)
    for model in apps.get_models():
        name = model._meta.model_name or ""
        for word in {name, SHORT_NAMES.get(name, name)}:
            found[f"{word}_id"] += model._default_manager.values_list("pk", flat=True)[:most]
    return found


# What addresses call some kinds of rows.
SHORT_NAMES = {
    "classgroup": "class",
    "serviceorder": "order",
    "shiftsignup": "signup",
    "registerimport": "register",
    "householdbook": "book",
    "bookrow": "row",
    "grantcall": "call",
    "marketday": "market",
    "stallbooking": "booking",
    "servicerecord": "record",
    "serviceitem": "item",
}


def our_pages(most: int | None) -> Iterator[str]:
    """Every page and endpoint of ours about rows of each kind."""
    known = numbers(most)
    for address in OURS:
        names = re.findall(r"<(?:\w+:)?(\w+)>", address.route)
        rows = known[f"{address.name.removeprefix('api-').rpartition('-')[0]}_id"] if names == ["pk"] else ()
        for number in rows or (known.get(names[0], ()) if len(names) == 1 else () if names else [0]):
            yield filled(address.route, dict.fromkeys(names, number))


def back_office(most: int | None) -> Iterator[str]:
    """Every list of the back office, records and their histories."""
    yield reverse("admin:index")
    for model in admin.site._registry:
        yield backoffice.listed(model)
        for row in model._default_manager.all()[:most]:
            yield backoffice.change(row)
            yield backoffice.change(row).replace("/change/", "/history/")


@pytest.mark.sweep
def test_nothing_of_her_is_left_on_any_page(marked, cast, now, request):
    """What the database no longer holds no page can show: two rows of each kind, all in `--nightly`."""
    erase_person(person_id=marked.person.pk, by=marked.by, now=now, password=people.PASSWORD)
    told = [mark for mark in MARKS if mark != str(BORN)]  # a day of others too
    most = None if lanes.nightly(request.config) else 2
    for who in (cast.admin, marked.neighbour.user):
        client, seen = Client(raise_request_exception=False), 0
        client.force_login(who)
        for page in [*our_pages(most), *(back_office(most) if who.is_staff else ())]:
            answer = client.get(page)
            text = answer.getvalue().decode(errors="replace")
            assert answer.status_code < 500, page
            assert [mark for mark in told if mark in text] == [], page
            seen += answer.status_code == 200
        assert seen > 20
