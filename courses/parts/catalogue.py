"""What courses shows on the first page: what still has seats, and where."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from centers.models import Center
from courses.models.catalogue import ClassGroup
from courses.parts import cards
from people.parts import Section

CARDS = 6
CENTERS = 5


def front(now: datetime) -> list[Section]:
    """Classes with seats, the soonest first; the centers at the side."""
    soon = ClassGroup.objects.for_cards().with_next(now).with_seats(now)
    classes = {
        "cards": [cards.class_card(group, now) for group in soon[:CARDS]],
        "total": ClassGroup.objects.current().count(),
    }
    centers = {"centers": list(Center.objects.order_by("pk")[:CENTERS])}
    return [
        Section(template="courses/_front.html", shown=classes),
        Section(_("我们的中心"), template="courses/_centers.html", shown=centers, at="side"),
    ]
