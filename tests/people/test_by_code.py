"""A code of the desk opens the door, and not everything behind it: who printed it holds it as well."""

from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.test import Client

from notices.models import Notice
from people.actions.accounts import issue_desk_code, redeem_desk_code, vouch_for
from people.actions.family import name_agent
from people.actions.records import erase_person, export_my_data, merge_persons, undo_merge
from people.actions.staff import appoint, end_membership, set_password
from people.models import Person, User
from people.rules import GuardianKind, Letter, Role
from tests.factories import people
from tests.html import complains, opened
from tests.locks import locks_in_order
from tests.refusals import refused

pytestmark = pytest.mark.usefixtures("clock")
NEW = "laolao-he-wo-7"


@pytest.fixture
def code(cast, now):
    """Printed by the social worker for 王桂兰."""
    return issue_desk_code(person_id=cast.guilan.pk, by=cast.worker, now=now)[1]


def told(person):
    return list(Notice.objects.filter(recipient=person).order_by("pk").values_list("kind", flat=True))


def test_the_clerk_who_printed_it_takes_no_copy_and_closes_nothing(client, cast, code, clock):
    client.post("/desk-code/", {"code": code})
    client.post("/account/password/set/", {"password": NEW})
    for path, more in (("/my/data/file/", {}), ("/my/data/", {"sure": "on", "whose": [cast.guilan.pk]})):
        answer = client.post(path, {"password": NEW, **more})
        assert "以后才能办" in answer.content.decode(), path
        assert "410" not in answer.content.decode()
    other = Client()
    other.post("/account/login/", {"login": cast.guilan.user.phone, "password": NEW})
    assert "以后才能办" in other.post("/my/data/file/", {"password": NEW}).content.decode()
    clock.now += timedelta(days=3)
    assert other.post("/my/data/file/", {"password": NEW})["Content-Disposition"].startswith("attachment")


def test_she_is_told_of_each_code_each_sign_in_and_each_password(client, cast, code, clock):
    assert told(cast.guilan) == [Letter.CODE_PRINTED]
    client.post("/desk-code/", {"code": code})
    client.post("/account/password/set/", {"password": NEW})
    clock.now += timedelta(minutes=1)
    client.post(
        "/account/password/change/",
        {"oldpassword": NEW, "password1": "a-better-one-9", "password2": "a-better-one-9"},
    )
    later = clock.now + timedelta(minutes=1)
    set_password(user_id=cast.guilan.user.pk, password="given-by-admin-1", by=cast.admin, now=later)
    new = [Letter.NEW_PASSWORD]
    assert told(cast.guilan) == [Letter.CODE_PRINTED, Letter.OPENED_BY_CODE, *new * 3]
    letter = Notice.objects.filter(kind=Letter.CODE_PRINTED).get()
    assert str(cast.worker) in letter.body


def test_a_record_linked_by_a_code_is_not_carried_off_either(cast, now):
    """A clerk signs up herself, and links an elder's record with the code that she printed."""
    own = people.user("周敏自己的号")
    digits = issue_desk_code(person_id=cast.elder.pk, by=cast.worker, now=now)[1]
    redeem_desk_code(code=digits, now=now, user=own)
    own.refresh_from_db()
    refused("TOO_NEW", export_my_data, by=own, now=now, password=people.PASSWORD)
    refused("TOO_NEW", erase_person, person_id=cast.elder.pk, by=own, now=now, password=people.PASSWORD)
    assert export_my_data(by=own, now=now + timedelta(days=3), password=people.PASSWORD)


def test_her_password_stands_for_her(cast, now):
    by = cast.guilan.user
    for wrong in ("", "not-this-one"):
        refused("WRONG_PASSWORD", export_my_data, by=by, now=now, password=wrong)
        refused("WRONG_PASSWORD", erase_person, person_id=cast.guilan.pk, by=by, now=now, password=wrong)
    assert export_my_data(by=by, now=now, password=people.PASSWORD)


def test_wrong_passwords_of_a_session_are_counted(guilan):
    for _guess in range(10):
        complains(guilan.post("/my/data/file/", {"password": "x"}), "密码不对", 409)
    complains(guilan.post("/my/data/file/", {"password": people.PASSWORD}), "密码试得太多了", 409)


def test_a_second_clerk_stands_for_who_has_no_password(cast, now):
    digits = issue_desk_code(person_id=cast.elder.pk, by=cast.worker, now=now)[1]
    refused("NO_ACCOUNT", vouch_for, person_id=cast.elder.pk, by=cast.admin, now=now)
    account = redeem_desk_code(code=digits, now=now)
    refused("WRONG_PASSWORD", export_my_data, by=account, now=now)
    refused("SAME_PERSON", vouch_for, person_id=cast.elder.pk, by=cast.worker, now=now)
    for by in (cast.other_worker, cast.grid_worker, cast.officer, cast.guilan.user):
        refused("NOT_ALLOWED", vouch_for, person_id=cast.elder.pk, by=by, now=now)
    colleague = people.staff("同事", Role.SOCIAL_WORKER, cast.city["street"])
    account = vouch_for(person_id=cast.elder.pk, by=colleague, now=now)
    assert Letter.VOUCHED in told(cast.elder)
    assert export_my_data(by=account, now=now + timedelta(minutes=59))
    refused("WRONG_PASSWORD", export_my_data, by=account, now=now + timedelta(minutes=60))


def test_nobody_vouches_for_her_own(cast, now):
    colleague = people.staff("同事", Role.SOCIAL_WORKER, cast.city["street"])
    people.person("同事", account=colleague, home=cast.city["community"])
    hers = Person.objects.get(user=colleague)
    refused("SAME_PERSON", vouch_for, person_id=hers.pk, by=colleague, now=now)


def test_a_code_is_no_way_around_a_second_factor(client, cast, code):
    TOTP.activate(cast.guilan.user, generate_totp_secret())
    answer = client.post("/desk-code/", {"code": code})
    assert answer.url.startswith("/account/mfa/authenticate/")
    assert client.get("/my/data/").status_code == 302


@pytest.mark.parametrize("way", ["appointed", "a new password"])
def test_codes_die_with_an_appointment_and_with_a_new_password(cast, code, now, way):
    user = cast.guilan.user
    if way == "appointed":
        post = {"division_id": cast.city["community"].pk, "role": Role.GRID_WORKER}
        appoint(phone=user.phone, name="王桂兰", by=cast.admin, now=now, **post)
        User.objects.filter(pk=user.pk).update(is_staff=False)
    else:
        set_password(user_id=user.pk, password=NEW, by=user, now=now)
    refused("CODE_REFUSED", redeem_desk_code, code=code, now=now)


def test_the_page_says_what_stands_in_for_a_password(guilan):
    page = opened(guilan, "/my/data/file/")
    assert page.fields("password")
    assert "服务台刚刚当面核对过的，可以不填。" in page.text


# --- What a reader found: the same by another way -------------------------------------------------


@pytest.mark.parametrize("kept", ["hers", "the elder's"])
def test_a_merge_brings_an_account_as_a_code_does(cast, now, kept):
    """A clerk merges an elder's record with one whose account she opened herself."""
    own = people.resident("周敏自己的号", cast.city["community"])
    pair = (own.pk, cast.elder.pk) if kept == "hers" else (cast.elder.pk, own.pk)
    merge_persons(kept_id=pair[0], merged_id=pair[1], by=cast.worker, now=now)
    account = User.objects.get(pk=own.user.pk)
    assert Letter.MERGED in told(Person.objects.get(user=account))
    refused("TOO_NEW", export_my_data, by=account, now=now, password=people.PASSWORD)


@pytest.mark.parametrize("years", [8, 80])
def test_a_guardian_from_the_desk_carries_nothing_off_at_once(cast, now, years):
    """Put there by one clerk, told to whom it concerns, and never for who is grown up."""
    born = now.date().replace(year=now.year - years)
    ward = people.resident("何奶奶", cast.city["community"], born_on=born)
    made_up = people.resident("周敏自己的号", cast.city["community"])
    named = {"relation": "监护", "kind": GuardianKind.GUARDIAN, "by": cast.worker, "now": now}
    name_agent(ward_id=ward.pk, agent_id=made_up.pk, **named)
    assert told(ward) == [Letter.TIED]
    mine = {"by": made_up.user, "password": people.PASSWORD}
    for later in (timedelta(0), timedelta(days=3)):
        copied = [one["姓名"] for one in export_my_data(now=now + later, **mine)["people"]]
        assert ("何奶奶" in copied) == (years < 18 and later > timedelta(0))
    if years >= 18:
        refused("NOT_ALLOWED", erase_person, person_id=ward.pk, now=now + timedelta(days=9), **mine)


def test_who_printed_any_code_of_hers_does_not_vouch(cast, now):
    digits = issue_desk_code(person_id=cast.elder.pk, by=cast.worker, now=now)[1]
    redeem_desk_code(code=digits, now=now)
    issue_desk_code(person_id=cast.elder.pk, by=cast.grid_worker, now=now)  # a colleague's, never used
    refused("SAME_PERSON", vouch_for, person_id=cast.elder.pk, by=cast.worker, now=now)


def _merges_into_her_own(cast, now):
    """A second account of the clerk's own, in whose record she puts an elder without any."""
    own = people.resident("赵新来", cast.city["community"])
    merge_persons(kept_id=cast.elder.pk, merged_id=own.pk, by=cast.worker, now=now)
    return cast.elder


def _merges_into_her_own_record(cast, now):
    own = people.resident("赵新来", cast.city["community"])
    merge_persons(kept_id=own.pk, merged_id=cast.elder.pk, by=cast.worker, now=now)
    return own


def _hides_the_code(merges):
    """The record that her code opened goes into invented ones, the one into the other."""

    def way(cast, now):
        digits = issue_desk_code(person_id=cast.elder.pk, by=cast.worker, now=now)[1]
        redeem_desk_code(code=digits, now=now)
        record = cast.elder
        for _one in range(merges):
            fresh = people.person("解福生", home=cast.city["community"])
            merge_persons(kept_id=fresh.pk, merged_id=record.pk, by=cast.admin, now=now)
            record = fresh
        return record

    return way


def _opens_an_invented_one(cast, now):
    """The code was printed for an invented record, into which a colleague is made to put hers."""
    fresh = people.person("解福生", home=cast.city["community"])
    digits = issue_desk_code(person_id=fresh.pk, by=cast.worker, now=now)[1]
    redeem_desk_code(code=digits, now=now)
    merge_persons(kept_id=fresh.pk, merged_id=cast.elder.pk, by=cast.admin, now=now)
    return fresh


def _undoes(cast, now):
    """An account that a colleague moved away comes back by her hand."""
    fresh = people.person("王桂兰", home=cast.city["community"])
    merge = merge_persons(kept_id=fresh.pk, merged_id=cast.guilan.pk, by=cast.admin, now=now)
    undo_merge(merge_id=merge.pk, by=cast.worker, now=now)
    return cast.guilan


def _merges_before_a_colleague(cast, now):
    """What a colleague does later hides nothing."""
    record = _merges_into_her_own(cast, now)
    digits = issue_desk_code(person_id=record.pk, by=cast.admin, now=now)[1]
    redeem_desk_code(code=digits, now=now)
    return record


GIVEN = [
    _merges_into_her_own,
    _merges_into_her_own_record,
    *(_hides_the_code(merges) for merges in (1, 2, 3)),
    _opens_an_invented_one,
    _undoes,
    _merges_before_a_colleague,
]


@pytest.mark.sweep
@pytest.mark.parametrize("way", GIVEN)
def test_who_let_somebody_in_does_not_vouch(cast, now, way):
    """However the account came by its record: whose doing it was is no second clerk."""
    record = way(cast, now)
    refused("SAME_PERSON", vouch_for, person_id=record.pk, by=cast.worker, now=now)
    colleague = people.staff("同事", Role.SOCIAL_WORKER, cast.city["street"])
    account = vouch_for(person_id=record.pk, by=colleague, now=now)
    assert export_my_data(by=account, now=now)
    later = now + timedelta(seconds=settings.SESSION_COOKIE_AGE, minutes=1)
    assert vouch_for(person_id=record.pk, by=cast.worker, now=later)


def test_who_set_the_password_does_not_vouch(cast, now):
    """A password that somebody else set waits as one by a code does."""
    account, director = cast.guilan.user, people.staff("主任", Role.DIRECTOR, cast.city["street"])
    set_password(user_id=account.pk, password=NEW, by=cast.admin, now=now)
    refused("SAME_PERSON", vouch_for, person_id=cast.guilan.pk, by=cast.admin, now=now)
    account.refresh_from_db()
    refused("TOO_NEW", export_my_data, by=account, now=now, password=NEW)
    first = {"phone": "13700000055", "name": "赵新来", "password": NEW, "role": Role.GRID_WORKER}
    post = appoint(**first, division_id=cast.city["community"].pk, by=director, now=now)
    record = people.person("赵新来", account=post.user, home=cast.city["community"])
    refused("SAME_PERSON", vouch_for, person_id=record.pk, by=director, now=now)
    assert vouch_for(person_id=record.pk, by=cast.admin, now=now)


def test_a_password_of_her_own_hides_nobody(cast, now):
    digits = issue_desk_code(person_id=cast.elder.pk, by=cast.worker, now=now)[1]
    account = redeem_desk_code(code=digits, now=now)
    for by_code in (True, False):
        set_password(user_id=account.pk, password=NEW, by=account, now=now, by_code=by_code)
        assert User.objects.get(pk=account.pk).changed_by == cast.worker


def test_a_vouch_of_before_is_none_for_what_came_after(cast, now):
    """Her own second account, honestly vouched for, gets an elder's record within the hour."""
    own = people.resident("赵新来", cast.city["community"])
    vouch_for(person_id=own.pk, by=cast.admin, now=now)
    merge_persons(kept_id=own.pk, merged_id=cast.elder.pk, by=cast.worker, now=now)
    refused("WRONG_PASSWORD", export_my_data, by=User.objects.get(pk=own.user.pk), now=now)


def test_a_vouch_is_used_up(cast, now):
    account = vouch_for(person_id=cast.guilan.pk, by=cast.worker, now=now)
    assert export_my_data(by=account, now=now)
    account.refresh_from_db()
    refused("WRONG_PASSWORD", export_my_data, by=account, now=now)


def test_who_worked_here_once_comes_in_by_a_code(cast, now):
    former = people.staff("退休的老周", Role.SOCIAL_WORKER, cast.city["community"])
    person = people.person("老周", account=former, home=cast.city["community"])
    refused("NOT_ALLOWED", issue_desk_code, person_id=person.pk, by=cast.worker, now=now)
    end_membership(membership_id=former.memberships.get().pk, by=cast.admin, now=now)
    digits = issue_desk_code(person_id=person.pk, by=cast.worker, now=now)[1]
    assert redeem_desk_code(code=digits, now=now) == former


def test_closing_locks_nothing_out_of_order_for_who_was_vouched_for(cast, now):
    """What a vouch is used up by must not hold the account before all that is hers."""
    account = vouch_for(person_id=cast.guilan.pk, by=cast.worker, now=now)
    with locks_in_order():
        erase_person(person_id=cast.guilan.pk, along=[cast.zixuan.pk], by=account, now=now)
