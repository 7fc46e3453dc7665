"""The API of volunteers: becoming one, leaving, being named on the wall of honour."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import IdempotentMixin
from people.doors import signed_in
from people.models import acts_for
from volunteers.actions import roll
from volunteers.models.roll import Volunteer
from volunteers.serializers.volunteers import HonourSerializer, JoinSerializer, VolunteerSerializer


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
        done = roll.join(
            person_id=told["person_id"], by=signed_in(request), now=timezone.now(), skill_ids=skills
        )
        return Response(VolunteerSerializer(done).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=VolunteerSerializer)
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, pk: str) -> Response:
        """Leaves; hours and points stay hers."""
        by, now = signed_in(request), timezone.now()
        done = roll.leave(volunteer_id=self.get_object().pk, by=by, now=now)
        return Response(VolunteerSerializer(done).data)

    @extend_schema(request=HonourSerializer, responses=VolunteerSerializer)
    @action(detail=True, methods=["post"])
    def honour(self, request: Request, pk: str) -> Response:
        """Agrees to be named on the wall of honour, or takes it back; both at once."""
        volunteer, asked = self.get_object(), HonourSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        by, agree = signed_in(request), bool(asked.validated_data["agree"])
        done = roll.show_honour(volunteer_id=volunteer.pk, agree=agree, by=by, now=timezone.now())
        return Response(VolunteerSerializer(done).data)
