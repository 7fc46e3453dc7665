"""Whom an account may act for, found by index: the question stands behind every page of who is signed in."""

from django.db import connection

from people.actions.family import end_guardianship, name_agent
from people.actions.records import merge_persons
from people.models import Guardianship, Person, acts_for
from tests.factories import people


def names(user):
    return sorted(acts_for(user).values_list("full_name", flat=True))


def test_herself_wards_and_elders_who_named_her(cast, now):
    assert names(cast.guilan.user) == ["王子轩", "王桂兰"]
    tie = name_agent(ward_id=cast.elder.pk, agent_id=cast.guilan.pk, relation="邻居", by=cast.worker, now=now)
    assert names(cast.guilan.user) == ["王子轩", "王桂兰", "解福生"]
    end_guardianship(guardianship_id=tie.pk, by=cast.worker, now=now)
    assert names(cast.guilan.user) == ["王子轩", "王桂兰"]


def test_an_account_without_a_person_acts_for_nobody(cast):
    assert names(cast.admin) == []


def test_nobody_twice_and_no_merged_record(cast, now):
    """A ward who is also a second record of herself is one person."""
    Guardianship.objects.create(guardian=cast.guilan, ward=cast.elder, kind="AGENT", since=now)
    twin = people.person("解福生", home=cast.city["community"])
    Guardianship.objects.create(guardian=cast.guilan, ward=twin, kind="AGENT", since=now)
    Guardianship.objects.filter(ward=twin).update(until=now)
    merge_persons(kept_id=cast.elder.pk, merged_id=twin.pk, by=cast.worker, now=now)
    assert names(cast.guilan.user) == ["王子轩", "王桂兰", "解福生"]


def test_it_never_reads_the_whole_register(cast):
    """An OR over joins did, and took 276 ms among 200,000 people."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # small tables are read whole for good reason
    for query in (
        acts_for(cast.guilan.user),
        Person.objects.filter(pk__in=acts_for(cast.guilan.user).values("pk")),
    ):
        assert "Seq Scan" not in query.explain()
