"""From what age on points may be spent."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from common.days import day_of
from common.errors import DomainError
from people.models import Person
from points.models.policy import Policy


def check_age(person: Person, policy: Policy | None, now: datetime) -> None:
    """Refuses NOT_OLD_ENOUGH where the policy of a place lets points be spent from an age on."""
    if policy is None or policy.spend_from_age is None:
        return
    age = person.age_on(day_of(now))
    if age is None or age < policy.spend_from_age:
        raise DomainError(
            "NOT_OLD_ENOUGH",
            _("按这里的办法，满 %(age)s 岁才能兑换；积分会一直给您留着，也可以捐给需要的人。")
            % {"age": policy.spend_from_age},
        )
