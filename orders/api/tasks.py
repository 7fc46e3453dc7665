"""The API of those who help: becoming a volunteer, orders one is asked to take, the wall of wishes."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, permissions, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import IdempotentMixin
from orders.actions.completion import mark_done
from orders.actions.dispatch import decline_order, release_order, take_order
from orders.models.dispatch import OrderOffer
from orders.models.orders import ServiceOrder
from orders.rules.orders import ADOPTED_BY
from orders.serializers.orders import WhySerializer
from orders.serializers.tasks import AdoptSerializer, DoneSerializer, TaskSerializer, WishSerializer
from people.doors import signed_in
from volunteers.models.takers import WITH_TAKER
from volunteers.rules.takers import Taker, TakerKind


class TaskViewSet(
    IdempotentMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[ServiceOrder],
):
    """Orders that the account, its team, unit or shop is asked to take, or has taken."""

    serializer_class = TaskSerializer
    lookup_value_regex = r"\d{1,18}"
    queryset = ServiceOrder.objects.none()

    def get_queryset(self) -> QuerySet[ServiceOrder]:
        by = signed_in(self.request)
        asked = ServiceOrder.objects.filter(pk__in=OrderOffer.objects.asked_of(by).values("order"))
        mine = ServiceOrder.objects.had_by(by) | asked
        return mine.select_related("for_person", "division").prefetch_related(*WITH_TAKER).distinct()

    def _answer(self, done: ServiceOrder) -> Response:
        return Response(TaskSerializer(done).data)

    @extend_schema(request=None, responses=TaskSerializer)
    @action(detail=True, methods=["post"])
    def take(self, request: Request, pk: str) -> Response:
        """Says yes to an offer."""
        by, now = signed_in(request), timezone.now()
        return self._answer(take_order(order_id=self.get_object().pk, by=by, now=now))

    @extend_schema(request=None, responses=TaskSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str) -> Response:
        """Says no, without a reason; it is counted nowhere."""
        by, now = signed_in(request), timezone.now()
        return self._answer(decline_order(order_id=self.get_object().pk, by=by, now=now))

    @extend_schema(request=WhySerializer, responses=TaskSerializer)
    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: str) -> Response:
        """Gives an order back that was taken; it costs nothing."""
        order, asked = self.get_object(), WhySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        by, now, reason = signed_in(request), timezone.now(), asked.validated_data["reason"]
        done = release_order(order_id=order.pk, by=by, now=now, reason=reason)
        return self._answer(done)

    @extend_schema(request=DoneSerializer, responses=TaskSerializer)
    @action(detail=True, methods=["post"])
    def done(self, request: Request, pk: str) -> Response:
        """Says that it was done; whom it was for is asked to confirm."""
        order, asked = self.get_object(), DoneSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        told: dict[str, Any] = asked.validated_data
        by, now = signed_in(request), timezone.now()
        return self._answer(mark_done(order_id=order.pk, by=by, now=now, **told))


class WishViewSet(IdempotentMixin, viewsets.ReadOnlyModelViewSet[ServiceOrder]):
    """Small wishes and projects that wait for somebody; open to everybody, without names."""

    permission_classes = [permissions.IsAuthenticatedOrReadOnly]
    serializer_class = WishSerializer
    lookup_value_regex = r"\d{1,18}"
    queryset = ServiceOrder.objects.none()

    def get_queryset(self) -> QuerySet[ServiceOrder]:
        return ServiceOrder.objects.on_wall(ADOPTED_BY)

    @extend_schema(request=AdoptSerializer, responses=TaskSerializer)
    @action(detail=True, methods=["post"])
    def adopt(self, request: Request, pk: str) -> Response:
        """Takes it straight from the wall. Refusals are 409 with code and message."""
        asked = AdoptSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        taker = Taker(TakerKind(asked.validated_data["kind"]), asked.validated_data["id"])
        by, now = signed_in(request), timezone.now()
        done = take_order(order_id=self.get_object().pk, by=by, now=now, taker=taker)
        return Response(TaskSerializer(done).data)
