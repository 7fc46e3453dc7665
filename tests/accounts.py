"""Signing up and in through the pages."""

from tests.factories import people

NEW = {"full_name": "赵一鸣", "phone": "13812345678", "password1": "laolao-he-wo-7"}


def sign_up(client, follow=False, **changes):
    return client.post("/account/signup/", {**NEW, **changes}, follow=follow)


def sign_in(client, person, password=people.PASSWORD, **more):
    return client.post("/account/login/", {"login": person.user.phone, "password": password, **more})
