"""Who gives a post to whom: not to herself, and not whom she is looked at by."""

import pytest

from people.actions.staff import appoint, end_membership, print_factor_codes
from people.models import Guardianship, Membership, User
from people.rules import FROM_ABOVE, MAY, Role
from tests.backoffice import verb_of_list
from tests.factories import people
from tests.refusals import refused

pytestmark = pytest.mark.usefixtures("clock")
PHONE = "13700000066"


@pytest.fixture
def director(cast):
    return people.staff("孙丽华", Role.DIRECTOR, cast.city["community"])


@pytest.fixture
def above(cast):
    return people.staff("街道主任", Role.DIRECTOR, cast.city["street"])


def post(cast, role, phone=PHONE, **fields):
    told = {"phone": phone, "name": "马骏", "role": role, "password": "a-good-password-1"}
    return {**told, "division_id": cast.city["community"].pk, **fields}


@pytest.mark.parametrize("role", sorted(Role))
def test_nobody_appoints_herself(cast, director, now, role):
    told = post(cast, role, director.phone, name=director.name)
    refusal = refused(
        "NOT_ALLOWED" if role in FROM_ABOVE else "SAME_PERSON", appoint, by=director, now=now, **told
    )
    assert str(refusal)
    refused("SAME_PERSON", appoint, by=cast.admin, now=now, **post(cast, role, cast.admin.phone))
    assert Membership.objects.filter(user=director).count() == 1


@pytest.mark.parametrize("known", ["her account", "her record", "her number"])
@pytest.mark.parametrize("ward", [True, False])
def test_nobody_appoints_her_own(cast, director, now, known, ward):
    """Her daughter, whoever acts for whom: by her account, or by the number on her record."""
    her = people.person("孙丽华", account=director, home=cast.city["community"])
    account = people.user("孙小妹", PHONE) if known != "her number" else None
    phone = "" if known == "her account" else PHONE
    other = people.person("孙小妹", account, cast.city["community"], phone=phone)
    pair = (her, other) if ward else (other, her)
    Guardianship.objects.create(guardian=pair[0], ward=pair[1], kind="AGENT", since=people.SEPTEMBER)
    told = post(cast, Role.SOCIAL_WORKER, name="孙小妹")
    refused("SAME_PERSON", appoint, by=director, now=now, **told)
    assert not Membership.objects.filter(user__phone=PHONE).exists()
    colleague = people.staff("副主任", Role.DIRECTOR, cast.city["community"])
    assert appoint(by=colleague, now=now, **told)


@pytest.mark.parametrize("role", sorted(FROM_ABOVE))
def test_who_looks_over_her_shoulder_is_appointed_from_above(cast, director, above, now, role):
    refused("NOT_ALLOWED", appoint, by=director, now=now, **post(cast, role))
    made = appoint(by=above, now=now, **post(cast, role))
    for verb, told in (
        (end_membership, {"membership_id": made.pk}),
        (print_factor_codes, {"user_id": made.user_id}),
    ):
        refused("NOT_ALLOWED", verb, by=director, now=now, **told)
    assert print_factor_codes(user_id=made.user_id, by=above, now=now)
    end_membership(membership_id=made.pk, by=above, now=now)
    street = post(cast, role, division_id=cast.city["street"].pk)
    refused("NOT_ALLOWED", appoint, by=above, now=now, **street)
    assert appoint(by=cast.admin, now=now, **street)


def test_one_post_that_looks_over_her_shoulder_is_enough(cast, director, above, now):
    """A sheet opens all posts of an account."""
    made = appoint(by=above, now=now, **post(cast, Role.AUDITOR))
    appoint(by=director, now=now, **post(cast, Role.TEACHER))
    refused("NOT_ALLOWED", print_factor_codes, user_id=made.user_id, by=director, now=now)


def test_other_posts_are_hers_to_give(cast, director, now):
    for role in sorted(set(Role) - FROM_ABOVE):
        made = appoint(by=director, now=now, **post(cast, role))
        end_membership(membership_id=made.pk, by=director, now=now)
    assert User.objects.get(phone=PHONE).memberships.count() == len(set(Role) - FROM_ABOVE)


def test_whoever_reads_the_journal_is_one_of_them():
    assert MAY["journal.view"] <= FROM_ABOVE
    assert not MAY["people.staff"] & FROM_ABOVE


def test_the_page_says_who_appoints(client, cast, director):
    client.force_login(director)
    told = post(cast, Role.AUDITOR, division=cast.city["community"].pk)
    answer = client.post(verb_of_list(Membership, "appoint"), told)
    assert "请上一级或系统管理员来任命" in answer.content.decode()
    assert not Membership.objects.filter(role=Role.AUDITOR).exists()
