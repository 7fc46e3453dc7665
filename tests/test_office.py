"""Doors that Django's back office brings along: each is on a list, or shut."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, URLResolver, reverse

from common.office import LEADS, OPEN, OPEN_OF_MODELS
from people.models import User
from tests.addresses import Address, addresses, filled
from tests.factories import people

pytestmark = pytest.mark.usefixtures("clock")
NEW = "laolao-he-wo-7"
VALUES = {"content_type_id": 1, "object_id": 1, "app_label": "people", "url": "nowhere/"}


def stock() -> list[Address]:
    """What the package itself would serve of the whole, whether we do or not."""
    views = (one for one in admin.site.get_urls() if not isinstance(one, URLResolver))
    return [Address(one.name, f"admin/{one.pattern}") for one in views]


@pytest.fixture
def administrator(client, cast):
    client.force_login(cast.admin)
    return client


def test_every_view_of_the_package_is_on_the_list_or_shut(administrator):
    shut = [one for one in stock() if one.name not in OPEN | set(LEADS)]
    assert {"view_on_site", "password_change_done"} <= {one.name for one in shut}
    for address in shut:
        for ask in (administrator.get, administrator.post):
            assert ask(filled(address.route, VALUES)).status_code == 404, address
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:{address.name}")


def test_the_list_names_nothing_that_is_not_there():
    names = {one.name for one in stock()}
    assert names >= OPEN | set(LEADS)
    served = [one for one in addresses() if one.route.startswith("admin/")]
    whole = {one.name.removeprefix("admin:") or None for one in served}
    assert whole - OPEN - set(LEADS) <= {f"{model}_{view}" for model in models() for view in OPEN_OF_MODELS}


def models() -> list[str]:
    return [f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry]


def test_every_view_of_a_model_is_on_the_list():
    for model, office in admin.site._registry.items():
        prefix = f"{model._meta.app_label}_{model._meta.model_name}_"
        views = {one.name and one.name.removeprefix(prefix) for one in office.urls}
        assert views <= OPEN_OF_MODELS, model


@pytest.mark.parametrize("name", sorted(LEADS))
def test_what_we_do_ourselves_leads_to_our_page(client, cast, name):
    here, ours = reverse(f"admin:{name}"), reverse(LEADS[name])
    for ask in (client.get, client.post):
        assert ask(here).url.startswith("/admin/login/")
    client.force_login(cast.worker)
    for ask in (client.get, client.post):
        assert ask(here).url == ours


def test_a_new_password_has_one_door(client, cast):
    client.force_login(cast.worker)
    told = {"old_password": people.PASSWORD, "new_password1": NEW, "new_password2": NEW}
    client.post("/admin/password_change/", told)
    assert User.objects.get(pk=cast.worker.pk).check_password(people.PASSWORD)
    told = {"oldpassword": people.PASSWORD, "password1": NEW, "password2": NEW}
    client.post(client.get("/admin/password_change/").url, told)
    assert User.objects.get(pk=cast.worker.pk).check_password(NEW)
    assert not Client().login(phone=cast.worker.phone, password=people.PASSWORD)
