"""Stages of 公益创投: fixtures that several test modules play on."""

from datetime import timedelta

import pytest

from grants.actions.pitches import appoint_expert, make_pitch, open_call
from people.rules import Role
from tests.factories import orders, people
from tests.factories.grants import P, brought


@pytest.fixture
def director(cast):
    return people.staff("孙主任", Role.DIRECTOR, cast.city["street"])


@pytest.fixture
def call(cast, now, director):
    return open_call(
        division_id=cast.city["street"].pk,
        title="冬季创投",
        text="给独居长辈的服务",
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=20),
        by=director,
        now=now,
    )


@pytest.fixture
def unit(cast):
    return orders.unit(cast.city["street"], cast.stranger.user, name="阳光社工站")


@pytest.fixture
def pitch(cast, now, call, unit):
    return make_pitch(
        call_id=call.pk,
        title="暖冬陪伴",
        text="每周上门一次",
        unit_id=unit.pk,
        by=cast.stranger.user,
        now=now,
    )


@pytest.fixture
def expert(call, director, now):
    judge = people.user("评审专家")
    appoint_expert(call_id=call.pk, expert_id=judge.pk, by=director, now=now)
    return judge


@pytest.fixture
def running(now, pitch, director, expert):
    return brought(P.RUNNING, pitch, director, expert, now)
