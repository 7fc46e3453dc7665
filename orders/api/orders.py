"""The API of orders: the menu, and one's own orders."""

import hashlib
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, permissions, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import IdempotentMixin
from orders.actions import completion
from orders.actions.orders import cancel_order, request_order
from orders.models.orders import ServiceItem, ServiceOrder
from orders.rules.orders import OrderKind
from orders.serializers.orders import OrderSerializer, RequestSerializer, ServiceItemSerializer, WhySerializer
from people.doors import signed_in
from volunteers.models.takers import WITH_TAKER


class ServiceItemViewSet(viewsets.ReadOnlyModelViewSet[ServiceItem]):
    """What can be ordered; open to everybody."""

    permission_classes = [permissions.AllowAny]
    serializer_class = ServiceItemSerializer
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> QuerySet[ServiceItem]:
        return ServiceItem.objects.on_menu()


class OrderViewSet(
    IdempotentMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[ServiceOrder],
):
    """The orders of the signed-in person and of whom she acts for."""

    serializer_class = OrderSerializer
    lookup_value_regex = r"\d{1,18}"
    queryset = ServiceOrder.objects.none()

    def get_queryset(self) -> QuerySet[ServiceOrder]:
        mine = ServiceOrder.objects.asked_by(signed_in(self.request))
        return mine.select_related("for_person").prefetch_related(*WITH_TAKER).defer("text", "place")

    @extend_schema(request=RequestSerializer, responses={201: OrderSerializer})
    def create(self, request: Request) -> Response:
        """Orders something. Refusals are 409 with code and message."""
        asked = RequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data: dict[str, Any] = dict(asked.validated_data)
        made = request_order(
            kind=OrderKind(data.pop("kind")),
            for_person_id=data.pop("person_id"),
            by=signed_in(request),
            now=timezone.now(),
            key=self._key(request),
            **data,
        )
        return Response(OrderSerializer(made).data, status=status.HTTP_201_CREATED)

    def _key(self, request: Request) -> str:
        """The Idempotency-Key as the order keeps it: it outlives the cache."""
        given = request.headers.get("Idempotency-Key", "")
        owner = f"{signed_in(request).pk}:{given}".encode()
        return hashlib.sha256(owner).hexdigest() if given else ""

    @extend_schema(request=None, responses=OrderSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """Says that it was done well."""
        by, now = signed_in(request), timezone.now()
        done = completion.confirm(order_id=self.get_object().pk, by=by, now=now)
        return Response(OrderSerializer(done).data)

    @extend_schema(request=WhySerializer, responses=OrderSerializer)
    @action(detail=True, methods=["post"])
    def dispute(self, request: Request, pk: str) -> Response:
        """Says that it was not done well, and what is wrong."""
        by, now, reason = signed_in(request), timezone.now(), self._reason(request)
        done = completion.dispute(order_id=self.get_object().pk, by=by, now=now, reason=reason)
        return Response(OrderSerializer(done).data)

    @extend_schema(request=WhySerializer, responses=OrderSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Calls it off."""
        by, now, reason = signed_in(request), timezone.now(), self._reason(request)
        done = cancel_order(order_id=self.get_object().pk, by=by, now=now, reason=reason)
        return Response(OrderSerializer(done).data)

    def _reason(self, request: Request) -> str:
        asked = WhySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        return str(asked.validated_data["reason"])
