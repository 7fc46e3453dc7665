"""Signing up and in through the pages."""

from django.utils import timezone

from people.sign_in import FACTOR
from tests.factories import people

NEW = {"full_name": "赵一鸣", "phone": "13812345678", "password1": "laolao-he-wo-7"}


def sign_up(client, follow=False, **changes):
    return client.post("/account/signup/", {**NEW, **changes}, follow=follow)


def sign_in(client, person, password=people.PASSWORD, **more):
    return client.post("/account/login/", {"login": person.user.phone, "password": password, **more})


def give_factor(client, user):
    """As if she had given her second factor on this device a moment ago."""
    if user.is_staff:
        session = client.session
        session[FACTOR] = timezone.localdate().isoformat()
        session.save()
