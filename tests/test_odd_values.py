"""Crafted values are refused, wherever they are sent: no page answers them with an error of the server."""

from itertools import cycle

import pytest
from django.contrib import admin
from django.contrib.admin.views.main import ALL_VAR, ORDER_VAR, PAGE_VAR, SEARCH_VAR
from django.test import Client
from django.urls import reverse

from common.admin import ScopedAdmin
from tests.backoffice import add, change, listed
from tests.html import Page

pytestmark = pytest.mark.usefixtures("clock")
LISTS = sorted(admin.site._registry, key=lambda model: model._meta.label)
# None of them is the number of a row, a day or a choice.
ODD = ["2026-02-30", "9" * 19, "½", "9" * 5000, "-1"]
COMPLETED = [
    (model, name)
    for model in LISTS
    for name in getattr(admin.site._registry[model], "autocomplete_fields", ())
] + [
    (inline.model, name)
    for office in admin.site._registry.values()
    for inline in office.inlines
    for name in inline.autocomplete_fields
]


def errors(answers):
    return [
        f"{what} {odd[:12]!r}: {answer.status_code}"
        for what, odd, answer in answers
        if answer.status_code >= 500
    ]


@pytest.fixture
def office(client, cast):
    client.force_login(cast.admin)
    client.raise_request_exception = False
    return client


def test_all_records_of_the_back_office_are_kept_by_ours():
    assert [
        model for model, office in admin.site._registry.items() if not isinstance(office, ScopedAdmin)
    ] == []


def boxes(page):
    """The names of all boxes of a form; the first part of each kind stands for all."""
    tags = {"input", "select", "textarea"}
    names = {told["name"] for tag, told in Page(page).tags if tag in tags and told.get("name")}
    return {name.replace("__prefix__", "0") for name in names} - {"csrfmiddlewaretoken"}


@pytest.mark.sweep
@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label)
def test_a_new_record_takes_no_odd_value(office, model):
    page = office.get(add(model))
    if page.status_code != 200:
        return  # what only verbs make
    names, answers = boxes(page), []
    parts = {name: "1" if name.endswith("-TOTAL_FORMS") else "0" for name in names if name.endswith("_FORMS")}
    for odd in ODD:
        answers.append(("POST", odd, office.post(add(model), {**dict.fromkeys(names, odd), **parts})))
        answers.append(("GET", odd, office.get(add(model), dict.fromkeys(names, odd[:40]))))
    assert errors(answers) == []


@pytest.mark.sweep
@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label)
def test_a_list_is_asked_nothing_odd(office, model):
    keeper = admin.site._registry[model]
    words = keeper._written_by_filters(office.get(listed(model)).wsgi_request)
    asked = [*filter(None, words), SEARCH_VAR, PAGE_VAR, ORDER_VAR, ALL_VAR]
    # Each word with one of them in turn; what stands for a day or a row, with the longest of them.
    answers = [
        (word, odd, office.get(listed(model), {word: odd}))
        for word, odd in zip(asked, cycle(ODD), strict=False)
    ]
    answers += [
        (word, ODD[1], office.get(listed(model), {word: ODD[1]})) for word in words if word and "__" in word
    ]
    assert errors(answers) == []


@pytest.mark.sweep
@pytest.mark.parametrize(("model", "field"), COMPLETED)
@pytest.mark.parametrize("word", ["term", "page", "field_name", "model_name"])
def test_what_completes_a_word_completes_nothing_odd(office, model, field, word):
    told = {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": field}
    address = reverse("admin:autocomplete")
    assert office.get(address, {**told, "term": "王"}).status_code == 200
    answers = [(word, odd, office.get(address, {**told, "term": "", word: odd})) for odd in ODD]
    assert errors(answers) == []


NUL = ["\0", "1\0", "王\0兰"]


@pytest.mark.parametrize("nul", NUL)
def test_a_nul_is_refused_before_any_page_reads_it(office, cast, nul):
    ways = [
        office.get(listed(type(cast.guilan)), {"alone": nul}),
        office.get(reverse("admin:orders_serviceorder_changelist"), {"state__exact": nul}),
        office.get(reverse("admin:autocomplete"), {"term": nul}),
        office.get("/classes/", {nul: "x"}),
        office.post("/account/login/", {"login": nul, "password": "x"}),
        office.post(change(cast.guilan), {"full_name": nul}),
        office.post("/elder/", {"next": nul}),
        office.post("/desk-code/", {nul: "x"}),
    ]
    assert [answer.status_code for answer in ways] == [400] * len(ways)
    assert "这个请求看不懂" in ways[0].content.decode()
    assert office.get(f"/classes/{nul}/").status_code == 404


def test_nor_from_a_cookie(db):
    for name in ("sessionid", "csrftoken", "elder", "mark", "django_language"):
        visitor = Client(raise_request_exception=False, headers={"cookie": f'{name}="\\000a"'})
        assert visitor.get("/my/").status_code == 400, name
