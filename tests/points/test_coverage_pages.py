"""The public account of points: cover, rules, months without a person."""

from django.core.cache import caches
from django.urls import reverse

from points.actions import giving
from tests.factories import people, volunteers
from tests.factories.points import taken_back
from tests.html import opened

URL = reverse("points:coverage")


def test_every_point_is_covered_or_not(client, cast, fund, rich, clock, now):
    page = opened(client, URL)
    assert "大家手里还没用的积分 100 " in page.text
    assert "货架上的礼品 0，还没买礼品的预算 1000" in page.text
    assert "每一分都有着落" in page.text
    volunteers.gift(cast.center, fund, cast.officer, points=50, units=3, now=now)
    page = opened(client, URL)
    assert "货架上的礼品 150，还没买礼品的预算 850" in page.text
    assert "王桂兰" not in page.text


def test_before_the_first_point(client, cast, clock):
    page = opened(client, URL)
    assert "现在没有未用的积分" in page.text
    assert "还没有发过积分" in page.text
    assert "还没有公布积分办法" in page.text


def test_the_rules_in_force_with_their_source(client, cast, clock, now):
    volunteers.policy(cast.city["street"], cast.officer, points_per_hour=3, source="旧办法")
    today = now.date()
    volunteers.policy(
        cast.city["street"], cast.officer, valid_from=today, daily_cap=20, expires_after_days=365
    )
    volunteers.policy(
        cast.city["community"], cast.officer, valid_from=today.replace(year=2027), source="明年的"
    )
    page = opened(client, URL)
    assert "每小时 10 分，每天最多 20 分" in page.text
    assert "有效 365 天" in page.text
    assert "依据：示例办法" in page.text
    assert "旧办法" not in page.text
    assert "明年的" not in page.text


def donate(person, points, now):
    giving.donate(key="1", person_id=person.pk, points=points, by=person.user, now=now)


def test_what_few_people_did_is_not_published(client, cast, fund, clock, now):
    neighbours = [people.resident(f"邻居{n}号", cast.city["community"]) for n in range(5)]
    for n, person in enumerate(neighbours):
        volunteers.give(person, 100, of=fund, by=cast.officer, now=now)
        if n < 4:
            donate(person, 7, now)
    page = opened(client, URL)
    assert "月份 旧账转入 捐出 2026-11 500 *" in page.text
    donate(neighbours[4], 7, now)
    page = opened(client, URL)
    assert "2026-11 500 35" in page.text


def test_what_was_reversed_is_taken_off(client, cast, fund, clock, now):
    neighbours = [people.resident(f"邻居{n}号", cast.city["community"]) for n in range(6)]
    for person in neighbours:
        volunteers.give(person, 100, of=fund, by=cast.officer, now=now)
    done = [giving.donate(key="1", person_id=p.pk, points=10, by=p.user, now=now) for p in neighbours]
    taken_back(posting_id=done[0].pk, reason="按错了", by=cast.officer, now=now)
    assert "2026-11 600 50" in opened(client, URL).text


def test_what_it_costs(client, rich, clock, django_assert_num_queries):
    caches["pages"].clear()
    with django_assert_num_queries(6):
        client.get(URL)
