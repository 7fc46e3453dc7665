"""The lists of the back office answer the questions of their own filters and no others."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path
from django.db.models import Field, Model

from tests import lanes
from tests.backoffice import listed, sought
from tests.html import Page

pytestmark = pytest.mark.usefixtures("clock")
LISTS = sorted(admin.site._registry, key=lambda model: model._meta.label)
FAR = 2  # steps along relations


def questions(model: type[Model], steps: int, before: str = "") -> Iterator[str]:
    """Look-ups of every column that a row has or leads to, and ways to learn it bit by bit."""
    for field in model._meta.get_fields():
        path = f"{before}{field.name}"
        if field.is_relation and field.related_model and steps:
            yield from questions(field.related_model, steps - 1, f"{path}__")
        if isinstance(field, Field) and not field.is_relation:
            yield from (f"{path}__{ask}" for ask in ("startswith", "regex", "gte", "isnull", "in"))


@pytest.mark.sweep
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


@pytest.mark.sweep
@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label)
def test_every_filter_of_a_list_works(client, cast, model, request):
    client.force_login(cast.admin)
    page = Page(client.get(listed(model)))
    links = {link for link in page.links if link.startswith("?")}
    for link in lanes.part_of(sorted(links), LISTS.index(model), request.config):
        assert client.get(listed(model) + link).status_code == 200, link


# --- Searching and sorting --------------------------------------------------------------------

MASKED = {
    "people.user": {"phone", "password", "feed_version"},
    "people.person": {"phone", "contact_phone", "document_no", "document_index"},
}


def masked(model: type[Model], path: str) -> bool:
    """Whether a path along relations ends in a column that pages show masked, or not at all."""
    last = get_fields_from_path(model, path)[-1]
    return last.name in MASKED.get(last.model._meta.label_lower, set())


def test_the_masked_columns_are_columns():
    for label, names in MASKED.items():
        assert names <= {field.name for field in apps.get_model(label)._meta.fields}


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label)
def test_no_search_finds_out_a_masked_column_bit_by_bit(model):
    """The whole number may be typed: who has it from her need not find it out."""
    office = admin.site._registry[model]
    parts = [path for path in office.search_fields if not path.startswith("=")]
    assert [path for path in parts if masked(model, path.lstrip("^@"))] == []


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label)
def test_no_list_is_sorted_by_what_it_does_not_show(rf, cast, model):
    office, request = admin.site._registry[model], rf.get("/")
    request.user = cast.admin
    sorting = [path.lstrip("-") for path in office.get_ordering(request)]
    for name in office.get_list_display(request):
        column = getattr(office, name, None) if isinstance(name, str) else name
        path = getattr(column, "admin_order_field", None) if callable(column) else name
        sorting += [path] if isinstance(path, str) else []
    columns = {field.name for field in model._meta.get_fields()}
    assert [path for path in sorting if path.partition("__")[0] in columns and masked(model, path)] == []


def test_a_number_is_found_whole_and_no_other_way(client, cast):
    client.force_login(cast.admin)
    phone = cast.worker.phone
    for asked, found in {phone: True, phone[:7]: False, phone[-4:]: False, cast.worker.name: True}.items():
        for where in ("people/user", "people/membership"):
            page = Page(sought(client, f"/admin/{where}/", asked))
            assert (cast.worker.name in page.text) is found, (where, asked)


@pytest.mark.parametrize("field", ["phone", "password", "feed_version"])
def test_no_row_is_named_by_a_masked_column(client, cast, field):
    client.force_login(cast.admin)
    for query in ({"_to_field": field}, {"_popup": "1", "_to_field": field}):
        assert client.get("/admin/people/user/", query).status_code == 400
