"""What has seats and a waiting line: a class group, or one session of it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.counters import Counted


class SeatPool(Counted):
    """Seats counted by the database.

    A trigger on enrolments keeps `seats_taken`, `waiting_taken` and `last_position` (see
    courses/models/enrolment.py), and the constraints below refuse one seat too many, whoever
    writes.
    """

    COUNTERS = frozenset({"seats_taken", "waiting_taken", "last_position"})

    capacity = models.PositiveIntegerField(_("名额"))
    seats_taken = models.PositiveIntegerField(_("已占名额"), default=0, editable=False)
    waiting_limit = models.PositiveIntegerField(_("候补上限"), default=20)
    waiting_taken = models.PositiveIntegerField(_("候补人数"), default=0, editable=False)
    last_position = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(seats_taken__lte=F("capacity")),
                name="%(class)s_not_oversold",
                violation_error_message=_("名额不能少于已经入班的人数。"),
            )
        ]

    @property
    def seats_left(self) -> int:
        """Free seats a newcomer could take now: none while others wait."""
        return 0 if self.waiting_taken else max(0, self.capacity - self.seats_taken)
