"""What opens something to whoever has it is shown once, where it is given, and stands in no list or page."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models

from common.masking import mask_bearer
from orders.models.dispatch import ServiceCard
from people.rules import Role
from tests import fences
from tests.backoffice import change, listed
from tests.factories import orders, people

BEARER = re.compile(r"(?:^|_)(?:hash|token|secret|code|pin)$|^number$")
# Columns named like one that open nothing.
OPEN_NOTHING = {
    "centers.Division.official_code": "published by the state",
    "journal.Entry.code": "why a verb refused",
    "grievances.Ticket.content_hash": "of what came with the key of a ticket",
    "visits.HomeVisit.content_hash": "of what a page sent of a visit",
    "grievances.MeetingRecord.content_hash": "of what was said at a meeting",
    "points.Posting.request_hash": "of what came with the key of a posting",
    "points.Hold.request_hash": "of what came with the key of a hold",
    "points.Certificate.number": "tells less than the row of the list does; it is printed to be passed on",
}


def bearers():
    """(model, column) of what somebody could use who read it."""
    ours = [model for model in apps.get_models() if model._meta.app_label in fences.APPS]
    texts = [
        (model, field.name)
        for model in ours
        for field in model._meta.fields
        if isinstance(field, models.CharField) and BEARER.search(field.name)
    ]
    return [(m, name) for m, name in texts if f"{m._meta.label}.{name}" not in OPEN_NOTHING]


def flat(names):
    return {one for name in names or () for one in ([name] if isinstance(name, str) else flat(name))}


def shown(office):
    """Names of what a part of the back office shows, and asks of the database."""
    sets = office.fieldsets or ()
    columns = (office.list_display, office.list_filter, office.fields, office.readonly_fields)
    return flat(columns) | flat(inner.get("fields") for _title, inner in sets)


def test_the_columns_are_known():
    assert {f"{model.__name__}.{name}" for model, name in bearers()} == {
        "DeskCode.code_hash",
        "Ticket.code_hash",
        "Kiosk.key_hash",
        "Redemption.code_hash",
        "ServiceCard.number",
    }
    assert {apps.get_model(name.rpartition(".")[0]) for name in OPEN_NOTHING}  # none of them is gone


def test_the_back_office_shows_none_and_finds_one_only_whole():
    offices = admin.site._registry
    told = [(offices[model], name) for model, name in bearers() if model in offices]
    assert told
    for office, name in told:
        assert name not in shown(office), office
        assert flat(office.fields), office  # else it shows every column
        assert not {name, f"^{name}", f"@{name}"} & {*office.search_fields}, office
    for office in offices.values():
        asked = {word.lstrip("^@") for word in office.search_fields}
        assert not asked & {f"service_cards__{name}" for _model, name in bearers()}


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SOCIAL_WORKER, Role.GRID_WORKER, Role.STREET_OFFICER])
def test_a_card_is_shown_by_its_tail(cast, client, now, role):
    card = orders.card(cast.elder, cast.worker, now)
    client.force_login(people.staff("职员", role, cast.city["street"]))
    history = change(card).replace("/change/", "/history/")
    for page in (listed(ServiceCard), change(card), history):
        body = client.get(page).content.decode()
        assert card.number not in body, page
    assert mask_bearer(card.number) in client.get(listed(ServiceCard)).content.decode()
    assert card.number not in str(card)


def test_a_card_is_found_by_its_whole_number_and_by_no_part(cast, client, now):
    card = orders.card(cast.elder, cast.worker, now)
    client.force_login(cast.worker)
    found = client.post(listed(ServiceCard), {"q": card.number})
    assert found["Location"].endswith(f"q=%23{card.pk}")
    tail = mask_bearer(card.number)
    assert tail in client.get(found["Location"]).content.decode()
    for part in (card.number[:4], card.number[2:7], card.number[-4:]):
        assert tail not in client.get(listed(ServiceCard), {"q": part}).content.decode()
