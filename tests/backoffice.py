"""Addresses of the back office and the staff pages, and what they say after a button."""

from typing import Any

from django.contrib.messages import get_messages
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse


def _name(model: type[Model] | Model, page: str) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"


def change(row: Model) -> str:
    """The form of a record."""
    return reverse(_name(row, "change"), args=[row.pk])


def delete(row: Model) -> str:
    return reverse(_name(row, "delete"), args=[row.pk])


def add(model: type[Model]) -> str:
    return reverse(_name(model, "add"))


def listed(model: type[Model]) -> str:
    """The list of a kind of record."""
    return reverse(_name(model, "changelist"))


def verb(row: Model, which: str) -> str:
    """The button of a verb on a record."""
    return reverse(_name(row, "verb"), args=[row.pk, which])


def verb_of_list(model: type[Model], which: str) -> str:
    """The button of a verb above a list."""
    return reverse(_name(model, "verb_list"), args=[which])


HALL = {
    "home": "workbench",
    "desk": "portal:desk",
    "person": "desk_person",
    "new_person": "portal:new_person",
    "calls": "portal:calls",
    "phoned": "portal:phoned",
    "ring": "portal:ring",
    "print_calls": "portal:print_calls",
}


def staff(page: str, *args: Any) -> str:
    """A staff page of courses or of the front hall."""
    return reverse(HALL.get(page, f"courses:staff_{page}"), args=args)


def sought(client: Client, address: str, typed: str) -> HttpResponse:
    """What a box of search leads to."""
    return client.get(client.post(address, {"q": typed}).url)


def said(answer: HttpResponse) -> str:
    """The last message that an answer left for the next page."""
    return [str(message) for message in get_messages(answer.wsgi_request)][-1]
