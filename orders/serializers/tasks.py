"""Shape of the API: volunteers, what they are asked to do, the wall of wishes."""

from typing import Any

from rest_framework import serializers

from common.api import BIGGEST
from orders.models.orders import ServiceOrder
from orders.rules.orders import OrderState
from volunteers.rules.service import OWN_EVIDENCE
from volunteers.rules.takers import TakerKind


class TaskSerializer(serializers.ModelSerializer[ServiceOrder]):
    """An order as who is asked to take it, or has taken it, sees it.

    For whom and where it is, and what she wrote, is told once it is taken.
    """

    reference = serializers.CharField(read_only=True)
    division = serializers.CharField(source="division.name", read_only=True)
    person = serializers.SerializerMethodField()
    place = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField()

    class Meta:
        model = ServiceOrder
        fields = [
            "id",
            "reference",
            "kind",
            "title",
            "state",
            "division",
            "wanted_on",
            "wanted_words",
            "person",
            "place",
            "text",
            "done_minutes",
        ]
        read_only_fields = fields

    def _told(self, order: ServiceOrder, word: str) -> str:
        return word if order.state == OrderState.TAKEN else ""

    def get_person(self, order: ServiceOrder) -> str:
        return self._told(order, order.whom)

    def get_place(self, order: ServiceOrder) -> str:
        return self._told(order, order.place)

    def get_text(self, order: ServiceOrder) -> str:
        return self._told(order, order.text)


class DoneSerializer(serializers.Serializer[dict[str, Any]]):
    """How long it took, in minutes, and what there is to show for it."""

    minutes = serializers.IntegerField(min_value=1, max_value=1_000_000)
    note = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")
    evidence = serializers.MultipleChoiceField(
        choices=[(kind.value, kind.label) for kind in sorted(OWN_EVIDENCE)], required=False, default=set
    )


class WishSerializer(serializers.ModelSerializer[ServiceOrder]):
    """What stands on the wall: never a name."""

    division = serializers.CharField(source="division.name", read_only=True)

    class Meta:
        model = ServiceOrder
        fields = ["id", "kind", "public_text", "division", "wanted_words", "requested_at"]
        read_only_fields = fields


class AdoptSerializer(serializers.Serializer[dict[str, Any]]):
    """As whom: a volunteer, a team, a unit or a shop that the account answers for."""

    kind = serializers.ChoiceField(choices=TakerKind.choices)
    id = serializers.IntegerField(min_value=1, max_value=BIGGEST)
