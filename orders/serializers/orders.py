"""Shape of the API: the menu, orders."""

from typing import Any

from rest_framework import serializers

from common.api import BIGGEST
from orders.models.orders import ServiceItem, ServiceOrder
from orders.rules.orders import OrderKind

ASKED_HERE = [(kind.value, kind.label) for kind in (OrderKind.SERVICE, OrderKind.WISH, OrderKind.ERRAND)]


class ServiceItemSerializer(serializers.ModelSerializer[ServiceItem]):
    """One thing on the menu, and whose residents may order it."""

    division = serializers.CharField(source="division.name", read_only=True)

    class Meta:
        model = ServiceItem
        fields = ["id", "name", "about", "division_id", "division", "dangerous", "minutes", "points"]
        read_only_fields = fields


class OrderSerializer(serializers.ModelSerializer[ServiceOrder]):
    """An order as whoever asked sees it."""

    reference = serializers.CharField(read_only=True)
    person = serializers.CharField(source="for_person.full_name", read_only=True)
    person_id = serializers.IntegerField(source="for_person_id", read_only=True)
    taker = serializers.CharField(source="taker_name", read_only=True)

    class Meta:
        model = ServiceOrder
        fields = [
            "id",
            "reference",
            "kind",
            "item_id",
            "title",
            "person_id",
            "person",
            "state",
            "points",
            "wanted_on",
            "wanted_words",
            "requested_at",
            "answer_due_at",
            "taker",
            "done_at",
            "confirmed_at",
        ]
        read_only_fields = fields


class RequestSerializer(serializers.Serializer[dict[str, Any]]):
    """What is asked for, for whom."""

    kind = serializers.ChoiceField(choices=ASKED_HERE, default=OrderKind.SERVICE.value)
    person_id = serializers.IntegerField(min_value=1, max_value=BIGGEST)
    item_id = serializers.IntegerField(min_value=1, max_value=BIGGEST, required=False, allow_null=True)
    title = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    text = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    place = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    wanted_on = serializers.DateField(required=False, allow_null=True)
    wanted_words = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")


class WhySerializer(serializers.Serializer[dict[str, Any]]):
    """A reason."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")
