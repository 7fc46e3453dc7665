"""The API of those who help: becoming a volunteer, orders one is asked to take, the wall of wishes."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, permissions, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import IdempotentMixin
from people.doors import signed_in
from people.models import acts_for
from volunteers import actions
from volunteers.models import WITH_TAKER, OrderOffer, ServiceOrder, Volunteer
from volunteers.rules import ADOPTED_BY, Taker, TakerKind
from volunteers.serializers.helpers import (
    AdoptSerializer,
    DoneSerializer,
    HonourSerializer,
    JoinSerializer,
    TaskSerializer,
    VolunteerSerializer,
    WishSerializer,
)
from volunteers.serializers.orders import WhySerializer


class VolunteerViewSet(
    IdempotentMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Volunteer],
):
    """The signed-in person and whom she acts for, as volunteers."""

    serializer_class = VolunteerSerializer
    lookup_value_regex = r"\d{1,18}"
    queryset = Volunteer.objects.none()

    def get_queryset(self) -> QuerySet[Volunteer]:
        mine = Volunteer.objects.filter(person__in=acts_for(signed_in(self.request)).values("pk"))
        return mine.select_related("person").prefetch_related("skills")

    @extend_schema(request=JoinSerializer, responses={201: VolunteerSerializer})
    def create(self, request: Request) -> Response:
        """Becomes a volunteer, or comes back. Refusals are 409 with code and message."""
        asked = JoinSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        told = asked.validated_data
        skills = [skill.pk for skill in told["skills"]] if "skills" in told else None
        done = actions.join(
            person_id=told["person_id"], by=signed_in(request), now=timezone.now(), skill_ids=skills
        )
        return Response(VolunteerSerializer(done).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=VolunteerSerializer)
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, pk: str) -> Response:
        """Leaves; hours and points stay hers."""
        by, now = signed_in(request), timezone.now()
        done = actions.leave(volunteer_id=self.get_object().pk, by=by, now=now)
        return Response(VolunteerSerializer(done).data)

    @extend_schema(request=HonourSerializer, responses=VolunteerSerializer)
    @action(detail=True, methods=["post"])
    def honour(self, request: Request, pk: str) -> Response:
        """Agrees to be named on the wall of honour, or takes it back; both at once."""
        volunteer, asked = self.get_object(), HonourSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        by, agree = signed_in(request), bool(asked.validated_data["agree"])
        done = actions.show_honour(volunteer_id=volunteer.pk, agree=agree, by=by, now=timezone.now())
        return Response(VolunteerSerializer(done).data)


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
        return mine.select_related("for_person", "division", *WITH_TAKER).distinct()

    def _answer(self, done: ServiceOrder) -> Response:
        return Response(TaskSerializer(done).data)

    @extend_schema(request=None, responses=TaskSerializer)
    @action(detail=True, methods=["post"])
    def take(self, request: Request, pk: str) -> Response:
        """Says yes to an offer."""
        by, now = signed_in(request), timezone.now()
        return self._answer(actions.take_order(order_id=self.get_object().pk, by=by, now=now))

    @extend_schema(request=None, responses=TaskSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str) -> Response:
        """Says no, without a reason; it is counted nowhere."""
        by, now = signed_in(request), timezone.now()
        return self._answer(actions.decline_order(order_id=self.get_object().pk, by=by, now=now))

    @extend_schema(request=WhySerializer, responses=TaskSerializer)
    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: str) -> Response:
        """Gives an order back that was taken; it costs nothing."""
        order, asked = self.get_object(), WhySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        by, now, reason = signed_in(request), timezone.now(), asked.validated_data["reason"]
        done = actions.release_order(order_id=order.pk, by=by, now=now, reason=reason)
        return self._answer(done)

    @extend_schema(request=DoneSerializer, responses=TaskSerializer)
    @action(detail=True, methods=["post"])
    def done(self, request: Request, pk: str) -> Response:
        """Says that it was done; whom it was for is asked to confirm."""
        order, asked = self.get_object(), DoneSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        told: dict[str, Any] = asked.validated_data
        by, now = signed_in(request), timezone.now()
        return self._answer(actions.mark_done(order_id=order.pk, by=by, now=now, **told))


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
        done = actions.take_order(order_id=self.get_object().pk, by=by, now=now, taker=taker)
        return Response(TaskSerializer(done).data)
