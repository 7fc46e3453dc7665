"""What somebody takes away: all that is hers, and of others no more than she sees anyway."""

from datetime import timedelta

import pytest

from common import chinese_id
from common.pointers import pointers_at
from people.actions.family import name_agent
from people.actions.records import export_my_data
from people.models import Guardianship, Person, User
from people.parts import parts
from people.rules import GuardianKind
from tests.factories import people
from tests.stages.marked import Marked

# Rows about an identity itself, or about staff: who looked at what stands in her copy by itself.
NOT_COPIED = {"people.deskcode", "people.merge", "people.person", "people.reveallog"}


def test_every_app_that_knows_people_copies_what_it_knows():
    copied = {part.app for part in parts() if part.copy} | {"people"}
    pointing = {field.model for field in pointers_at(Person)}
    assert {model._meta.app_label for model in pointing} <= copied
    own = {model._meta.label_lower for model in pointing if model._meta.app_label == "people"}
    assert own - NOT_COPIED == {"people.guardianship", "people.consent"}


def numbers_of(person):
    """What tells of nobody but her: given to everybody here, each her own."""
    tail = f"{person.pk:04d}"
    born = f"{1930 + person.pk % 60}0317"
    number = next(
        found for digit in "0123456789X" if (found := chinese_id.read_id(f"000000{born}{tail[-3:]}{digit}"))
    )
    return {
        "phone": f"1980000{tail}",
        "contact_phone": f"1990000{tail}",
        "contact_name": f"联系人{tail}",
        "document_no": number,
        "born_on": f"{born[:4]}-03-17",
    }


@pytest.fixture
def everybody(cast, now, clock):
    """All who live in a busy place, and every kind of tie between some of them."""
    marked = Marked(cast, now)
    told = {"agent_id": cast.guilan.pk, "relation": "邻居", "by": cast.worker, "now": now}
    name_agent(ward_id=cast.elder.pk, **told)
    name_agent(ward_id=marked.person.pk, **told)
    found = {person.pk: numbers_of(person) for person in Person.objects.filter(merged_into=None)}
    for pk, numbers in found.items():
        Person.objects.filter(pk=pk).update(**numbers)
    return found


def test_no_copy_holds_what_is_anothers(cast, everybody, now):
    accounts = User.objects.filter(person__isnull=False, person__merged_into=None)
    assert len(accounts) > 6
    for account in accounts:
        guarded = Guardianship.objects.filter(guardian__user=account, until=None, kind=GuardianKind.GUARDIAN)
        children = guarded.filter(ward__born_on__gt=now.date().replace(year=now.year - 18))
        hers = {account.person.pk, *children.values_list("ward", flat=True)}
        later = now + timedelta(days=3)  # one of them was just merged
        text = str(export_my_data(by=account, now=later, password=people.PASSWORD))
        for pk in hers:
            kept = {name: value for name, value in everybody[pk].items() if name != "contact_phone"}
            assert [value for value in kept.values() if value not in text] == []
            assert everybody[pk]["contact_phone"] not in text
        for pk in everybody.keys() - hers:
            told = {name: value for name, value in everybody[pk].items() if name != "born_on"}
            born = everybody[pk]["born_on"]
            told |= {"born_on": born} if all(everybody[one]["born_on"] != born for one in hers) else {}
            found = [text[max(0, text.find(one) - 80) :][:200] for one in told.values() if one in text]
            assert found == [], (account, pk)


def test_a_helper_takes_a_name_along_and_no_more(cast, now):
    Person.objects.filter(pk=cast.elder.pk).update(phone="13700001234", document_no="")
    name_agent(ward_id=cast.elder.pk, agent_id=cast.guilan.pk, relation="邻居", by=cast.worker, now=now)
    data = export_my_data(by=cast.guilan.user, now=now, password=people.PASSWORD)
    assert [one["姓名"] for one in data["people"]] == ["王桂兰", "王子轩"]
    told = {"姓名": "解福生", "关系": "代办人（本人指定）", "称呼": "邻居"}
    assert data["acts_for"] == [{**told, "起": f"{now:%Y-%m-%d %H:%M}"}]
    Guardianship.objects.filter(ward=cast.elder).update(until=now + timedelta(days=1))
    assert export_my_data(by=cast.guilan.user, now=now, password=people.PASSWORD)["acts_for"] == []


def test_whom_she_wants_called_is_named_and_the_number_covered(cast, now):
    Person.objects.filter(pk=cast.guilan.pk).update(contact_name="何静", contact_phone="13612345678")
    hers = export_my_data(by=cast.guilan.user, now=now, password=people.PASSWORD)["people"][0]
    assert (hers["紧急联系人"], hers["紧急联系电话"]) == ("何静", "136****5678")


def test_an_account_without_a_record_takes_only_itself(cast, now):
    account = people.user("新来的")
    assert export_my_data(by=account, now=now, password=people.PASSWORD) == {
        "account": {"phone": account.phone, "joined_at": account.joined_at},
        "people": [],
        "acts_for": [],
    }
