"""The lists of the back office answer the questions of their own filters and no others."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.db.models import Field, Model

from tests import lanes
from tests.backoffice import listed
from tests.html import Page

pytestmark = pytest.mark.usefixtures("clock")
LISTS = sorted(admin.site._registry, key=lambda model: model._meta.label)
FAR = 2  # steps along relations


def questions(model: type[Model], steps: int, before: str = "") -> Iterator[str]:
    """Look-ups of every column that a row has or leads to, and ways to learn it bit by bit."""
    for field in model._meta.get_fields():
        path = f"{before}{field.name}"
        if field.is_relation and field.related_model and steps:
            yield from questions(field.related_model, steps - 1, f"{path}__")  # type: ignore[arg-type]
        if isinstance(field, Field) and not field.is_relation:
            yield from (f"{path}__{ask}" for ask in ("startswith", "regex", "gte", "isnull", "in"))


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label)
def test_nothing_is_asked_that_no_filter_offers(client, cast, model):
    client.force_login(cast.admin)
    page, office = client.get(listed(model)), admin.site._registry[model]
    links = {link for link in Page(page).links if link.startswith("?")}
    own = {pair.partition("=")[0] for link in links for pair in link[1:].split("&")}
    empty = {f"{field.name}__isnull" for field in model._meta.fields}  # every filter's "none"
    asked = [lookup for lookup in questions(model, FAR) if lookup not in own | empty]
    assert len(asked) > 10
    assert office._written_by_filters(page.wsgi_request).isdisjoint(asked)
    for lookup in (asked[0], asked[-1]):
        assert client.get(listed(model), {lookup: "1"}).status_code == 400, lookup


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label)
def test_every_filter_of_a_list_works(client, cast, model, request):
    client.force_login(cast.admin)
    page = Page(client.get(listed(model)))
    links = {link for link in page.links if link.startswith("?")}
    for link in lanes.part_of(sorted(links), LISTS.index(model), request.config):
        assert client.get(listed(model) + link).status_code == 200, link
