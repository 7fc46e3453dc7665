"""Whatever touches an account through a record asks about the account: no clerk closes her superior's."""

import inspect
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction

from common.errors import DomainError
from people.actions.accounts import issue_desk_code, vouch_for
from people.actions.records import erase_person, merge_persons, undo_merge
from people.actions.staff import end_membership
from people.models import Membership, Person, User
from people.rules import Role
from tests.cast import Cast
from tests.factories import people
from tests.refusals import refused
from tests.scenes import Play, name_of
from tests.stories import STORIES

OF_PEOPLE = [told for told in STORIES if told.id.startswith("people-")]


@pytest.fixture
def colleagues(cast):
    """Those who work here, each with a record of her own inside the reach of the social worker."""
    home, street = cast.city["community"], cast.city["street"]
    accounts = {
        "officer": cast.officer,
        "auditor": people.staff("马骏", Role.AUDITOR, street),
        "worker": people.staff("同事", Role.SOCIAL_WORKER, street),
        "director": people.staff("孙丽华", Role.DIRECTOR, home),
        "grid worker": cast.grid_worker,
        "administrator": cast.admin,
    }
    return {name: people.person(name, account, home) for name, account in accounts.items()}


def blank(cast):
    """A record without an account, beside hers."""
    return people.person("林小满", home=cast.city["community"])


def into_hers(cast, person, by, now):
    merge_persons(kept_id=person.pk, merged_id=blank(cast).pk, by=by, now=now)


def into_another(cast, person, by, now):
    merge_persons(kept_id=blank(cast).pk, merged_id=person.pk, by=by, now=now)


def undone(cast, person, by, now):
    admin = people.user("另一位管理员", is_superuser=True)
    merge = merge_persons(kept_id=blank(cast).pk, merged_id=person.pk, by=admin, now=now)
    undo_merge(merge_id=merge.pk, by=by, now=now)


VERBS = {
    "erase": lambda cast, person, by, now: erase_person(person_id=person.pk, by=by, now=now),
    "erase along": lambda cast, person, by, now: erase_person(
        person_id=cast.elder.pk, along=[person.pk], by=by, now=now
    ),
    "vouch": lambda cast, person, by, now: vouch_for(person_id=person.pk, by=by, now=now),
    "code": lambda cast, person, by, now: issue_desk_code(person_id=person.pk, by=by, now=now),
    "merge into hers": into_hers,
    "merge hers into another": into_another,
    "undo": undone,
}


@pytest.mark.sweep
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    "whose", ["officer", "auditor", "worker", "director", "grid worker", "administrator"]
)
def test_no_clerk_touches_a_colleague_s_account_through_her_record(cast, now, colleagues, whose, verb):
    refused("NOT_ALLOWED", VERBS[verb], cast=cast, person=colleagues[whose], by=cast.worker, now=now)
    account = User.objects.get(pk=colleagues[whose].user.pk)
    assert account.is_active
    assert account.check_password(people.PASSWORD)
    assert account.person == colleagues[whose]


@pytest.mark.parametrize("verb", VERBS)
def test_who_may_end_all_her_posts_does(cast, now, colleagues, verb):
    """The director of the community where the grid worker works, and of no one above."""
    told = {"cast": cast, "now": now, "by": colleagues["director"].user}
    for whose in ("officer", "auditor", "worker", "administrator"):
        refused("NOT_ALLOWED", VERBS[verb], person=colleagues[whose], **told)
    if verb == "code":  # which would open the back office, whoever prints it
        refused("NOT_ALLOWED", VERBS[verb], person=colleagues["grid worker"], **told)
    else:
        VERBS[verb](person=colleagues["grid worker"], **told)


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("verb", VERBS)
def test_one_post_elsewhere_is_one_too_many(cast, now, colleagues, verb):
    account = colleagues["grid worker"].user
    elsewhere = cast.city["other_community"]
    Membership.objects.create(user=account, division=elsewhere, role=Role.GRID_WORKER, since=now.date())
    told = {"person": colleagues["grid worker"], "by": colleagues["director"].user}
    refused("NOT_ALLOWED", VERBS[verb], cast=cast, now=now, **told)


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("verb", VERBS)
def test_who_worked_here_once_is_a_resident_like_others(cast, now, colleagues, verb):
    for post in Membership.objects.filter(user=colleagues["worker"].user):
        end_membership(membership_id=post.pk, by=cast.admin, now=now)
    VERBS[verb](cast=cast, person=Person.objects.get(pk=colleagues["worker"].pk), by=cast.worker, now=now)


def test_herself_she_closes_her_record(cast, now, colleagues):
    hers = colleagues["officer"]
    erase_person(person_id=hers.pk, by=hers.user, now=now, password=people.PASSWORD)
    assert not User.objects.get(pk=hers.user.pk).is_active


def test_a_record_that_became_another_leads_to_her_too(cast, now, colleagues):
    """An undo asks about both records of the merge; the account may have gone on from there."""
    first = merge_persons(kept_id=colleagues["officer"].pk, merged_id=blank(cast).pk, by=cast.admin, now=now)
    into_another(cast, colleagues["officer"], people.user("另一位管理员", is_superuser=True), now)
    refused("NOT_ALLOWED", undo_merge, merge_id=first.pk, by=cast.worker, now=now)


class Watched(Play):
    """Before a verb is played, a director tries it while all other accounts have a post in another street."""

    def __init__(self, cast: Cast) -> None:
        super().__init__()
        self.touched: list[str] = []
        self._elsewhere = cast.city["other_street"]
        self._director = people.staff("孙丽华", Role.DIRECTOR, cast.city["street"])

    def __call__(self, verb: Any, **given: Any) -> Any:
        if "by" in inspect.signature(verb).parameters:
            with transaction.atomic():
                self._appoint_all()
                before = _accounts()
                told = {word: _anew(value) for word, value in given.items()}
                try:
                    with transaction.atomic():
                        verb(**{**told, "by": User.objects.get(pk=self._director.pk)})
                except DomainError:
                    pass
                if _accounts() != before:
                    self.touched.append(name_of(verb))
                transaction.set_rollback(True)
        return verb(**given)

    def locked(self, verb: Any, *tables: str) -> None:
        """What is locked is another test's matter."""

    def _appoint_all(self) -> None:
        others = User.objects.exclude(pk=self._director.pk)
        others.update(is_staff=True)
        post = {"division": self._elsewhere, "role": Role.AUDITOR, "since": people.SEPTEMBER.date()}
        Membership.objects.bulk_create([Membership(user=one, **post) for one in others])


def _accounts() -> dict[str, list[Any]]:
    """What accounts are, whose they are, and the codes that open them."""
    asked = {
        "accounts": "SELECT * FROM people_user ORDER BY id",
        "records": "SELECT user_id, id FROM people_person WHERE user_id IS NOT NULL ORDER BY id",
        "codes": "SELECT c.* FROM people_deskcode c JOIN people_person p ON p.id = c.person_id "
        "WHERE p.user_id IS NOT NULL ORDER BY c.id",
    }
    found = {}
    with connection.cursor() as cursor:
        for name, question in asked.items():
            cursor.execute(question)
            found[name] = cursor.fetchall()
    return found


def _anew(value: Any) -> Any:
    return type(value).objects.get(pk=value.pk) if isinstance(value, Person | User) else value


@pytest.mark.sweep
@pytest.mark.parametrize("told", OF_PEOPLE)
def test_no_verb_of_people_touches_the_account_of_who_works_elsewhere(
    told: Any, cast: Cast, now: datetime
) -> None:
    play = Watched(cast)
    told.tell(play, cast, now)
    assert play.touched == []
