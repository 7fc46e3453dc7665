"""The API of market days: what is on, which times are free, one's own bookings."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, permissions, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import IdempotentMixin
from orders.actions.market import book_stall, cancel_booking
from orders.models.market import MarketDay, Stall, StallBooking
from orders.serializers.markets import BookingSerializer, BookSerializer, MarketSerializer, StallSerializer
from people.doors import signed_in


class MarketViewSet(viewsets.ReadOnlyModelViewSet[MarketDay]):
    """Market days, newest first; open to everybody. One that is off says so in `state`."""

    permission_classes = [permissions.AllowAny]
    serializer_class = MarketSerializer
    lookup_value_regex = r"\d{1,18}"
    queryset = MarketDay.objects.select_related("division")

    @extend_schema(responses=StallSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def stalls(self, _request: Request, pk: str) -> Response:
        """The stalls of a market day, with their times."""
        return Response(StallSerializer(self.get_object().stalls.with_times(), many=True).data)


class StallViewSet(viewsets.ReadOnlyModelViewSet[Stall]):
    """Stalls of the markets to come, with their times; open to everybody."""

    permission_classes = [permissions.AllowAny]
    serializer_class = StallSerializer
    lookup_value_regex = r"\d{1,18}"
    queryset = Stall.objects.none()

    def get_queryset(self) -> QuerySet[Stall]:
        coming = MarketDay.objects.coming(timezone.now()).order_by()
        return Stall.objects.with_times().filter(market__in=coming.values("pk"))


class BookingViewSet(
    IdempotentMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[StallBooking],
):
    """The bookings of the signed-in person and of whom she acts for."""

    serializer_class = BookingSerializer
    lookup_value_regex = r"\d{1,18}"
    queryset = StallBooking.objects.none()

    def get_queryset(self) -> QuerySet[StallBooking]:
        return StallBooking.objects.booked_by(signed_in(self.request)).select_related("person", "stall")

    @extend_schema(request=BookSerializer, responses={201: BookingSerializer})
    def create(self, request: Request) -> Response:
        """Books a time at a stall. Refusals are 409 with code and message."""
        asked = BookSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        told: dict[str, Any] = asked.validated_data
        made = book_stall(**told, by=signed_in(request), now=timezone.now())
        return Response(BookingSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=BookingSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Gives the time back; no reason is asked."""
        by, now = signed_in(request), timezone.now()
        done = cancel_booking(booking_id=self.get_object().pk, by=by, now=now)
        return Response(BookingSerializer(done).data)
