"""The API for mini-programs and one-stop platforms: the catalogue, and one's own seats and letters."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, permissions, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import IdempotentMixin
from common.errors import NotAllowed
from courses.actions import enrolment as enrolment_actions
from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Enrolment
from courses.rules import EnrolChannel
from courses.serializers import (
    ClassSerializer,
    EnrolmentSerializer,
    EnrolSerializer,
    NoticeSerializer,
    ReasonSerializer,
    SessionSerializer,
)
from notices.models import Notice
from people.doors import signed_in
from people.models import acts_for


class ClassViewSet(viewsets.ReadOnlyModelViewSet[ClassGroup]):
    """Classes that are offered or running; open to everybody."""

    permission_classes = [permissions.AllowAny]
    serializer_class = ClassSerializer
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> QuerySet[ClassGroup]:
        return ClassGroup.objects.public().for_cards()

    @extend_schema(responses=SessionSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def sessions(self, _request: Request, pk: str) -> Response:
        """Every date of a class, cancelled and moved ones with their reason."""
        found = self.get_object().sessions.select_related("room").order_by("starts_at")
        return Response(SessionSerializer(found, many=True).data)


class EnrolmentViewSet(
    IdempotentMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Enrolment],
):
    """The seats of the signed-in person and of whom she acts for."""

    serializer_class = EnrolmentSerializer
    lookup_value_regex = r"\d{1,18}"
    queryset = Enrolment.objects.none()

    def get_queryset(self) -> QuerySet[Enrolment]:
        mine = acts_for(signed_in(self.request)).values("pk")
        return Enrolment.objects.filter(person__in=mine).select_related("person", "class_group")

    @extend_schema(request=EnrolSerializer, responses={201: EnrolmentSerializer})
    def create(self, request: Request) -> Response:
        """Takes a seat, or a place in line: see `state`. Refusals are 409 with code and message."""
        asked = EnrolSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data, user = asked.validated_data, signed_in(request)
        person = acts_for(user).filter(pk=data["person_id"]).first()
        if person is None:
            raise NotAllowed(message=_("您不能替这位居民报名，请先到服务台登记代办关系。"))
        done = enrolment_actions.enrol(
            class_id=data["class_id"],
            person=person,
            by=user,
            now=timezone.now(),
            channel=EnrolChannel.API,
            session_id=data.get("session_id"),
            clash_confirmed=data["clash_confirmed"],
        )
        return Response(EnrolmentSerializer(done).data, status=status.HTTP_201_CREATED)

    def _answer(self, enrolment: Enrolment) -> Response:
        return Response(EnrolmentSerializer(enrolment).data)

    @extend_schema(request=ReasonSerializer, responses=EnrolmentSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Gives the seat back."""
        asked = ReasonSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        reason: Any = asked.validated_data["reason"]
        by, now = signed_in(request), timezone.now()
        return self._answer(
            enrolment_actions.withdraw(enrolment_id=self.get_object().pk, by=by, now=now, reason=reason)
        )

    @extend_schema(request=None, responses=EnrolmentSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        """Takes an offered seat."""
        by, now = signed_in(request), timezone.now()
        return self._answer(enrolment_actions.accept_offer(enrolment_id=self.get_object().pk, by=by, now=now))

    @extend_schema(request=None, responses=EnrolmentSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str) -> Response:
        """Lets an offered seat go."""
        by, now = signed_in(request), timezone.now()
        return self._answer(
            enrolment_actions.decline_offer(enrolment_id=self.get_object().pk, by=by, now=now)
        )


class NoticeViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Notice]):
    """The letters of the signed-in person and of whom she acts for."""

    serializer_class = NoticeSerializer
    queryset = Notice.objects.none()

    def get_queryset(self) -> QuerySet[Notice]:
        return Notice.objects.inbox_of(signed_in(self.request))
