"""Shape of the API: market days, stalls with their times, bookings."""

from datetime import datetime
from typing import Any, TypedDict

from rest_framework import serializers

from common.api import BIGGEST
from orders.models.market import MarketDay, Stall, StallBooking


class MarketSerializer(serializers.ModelSerializer[MarketDay]):
    """A day with free services side by side."""

    division = serializers.CharField(source="division.name", read_only=True)

    class Meta:
        model = MarketDay
        fields = ["id", "title", "division_id", "division", "place", "opens_at", "closes_at", "state"]
        read_only_fields = fields


class Time(TypedDict):
    """A time at a stall and how many places are free."""

    starts_at: datetime
    free: int


class TimeSerializer(serializers.Serializer[dict[str, Any]]):
    """A time at a stall and how many places are free."""

    starts_at = serializers.DateTimeField(read_only=True)
    free = serializers.IntegerField(read_only=True)


class StallSerializer(serializers.ModelSerializer[Stall]):
    """A stall, and its times."""

    keeper = serializers.CharField(read_only=True)
    places = serializers.IntegerField(source="slots", read_only=True)
    times = serializers.SerializerMethodField()

    class Meta:
        model = Stall
        fields = [
            "id",
            "market_id",
            "offers",
            "keeper",
            "places",
            "slot_minutes",
            "called_off_at",
            "times",
        ]
        read_only_fields = fields

    def get_times(self, stall: Any) -> list[Time]:
        return [{"starts_at": one.starts_at, "free": one.free} for one in stall.times(stall.bookings.all())]


class BookingSerializer(serializers.ModelSerializer[StallBooking]):
    """A booking as whoever booked sees it."""

    stall = serializers.CharField(source="stall.offers", read_only=True)
    market_id = serializers.IntegerField(source="stall.market_id", read_only=True)
    person = serializers.CharField(source="person.full_name", read_only=True)

    class Meta:
        model = StallBooking
        fields = ["id", "market_id", "stall_id", "stall", "person_id", "person", "starts_at", "state"]
        read_only_fields = fields


class BookSerializer(serializers.Serializer[dict[str, Any]]):
    """Who comes to which stall, and when: one of its times."""

    stall_id = serializers.IntegerField(min_value=1, max_value=BIGGEST)
    person_id = serializers.IntegerField(min_value=1, max_value=BIGGEST)
    starts_at = serializers.DateTimeField()
