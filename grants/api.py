"""The API of grants: calls and pitches for everybody, pitching, a resident's word."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import permissions, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from common.api import IdempotentMixin
from grants.actions import pitches as pitches_actions
from grants.models import GrantCall, Pitch
from grants.serializers import (
    CallSerializer,
    MakePitchSerializer,
    PitchSerializer,
    SayVoteSerializer,
    VoteSerializer,
    WholePitchSerializer,
)
from people.doors import signed_in


class CallViewSet(viewsets.ReadOnlyModelViewSet[GrantCall]):
    """Calls for projects, old ones too; open to everybody."""

    permission_classes = [permissions.AllowAny]
    serializer_class = CallSerializer
    lookup_value_regex = r"\d{1,18}"
    queryset = GrantCall.objects.select_related("division")

    @extend_schema(responses=PitchSerializer(many=True))
    @action(detail=True)
    def pitches(self, _request: Request, pk: str) -> Response:
        """What was pitched for a call."""
        rows: Any = Pitch.objects.public().filter(call=self.get_object())
        page: Any = self.paginate_queryset(rows)
        return self.get_paginated_response(PitchSerializer(page, many=True).data)


class PitchViewSet(IdempotentMixin, viewsets.ReadOnlyModelViewSet[Pitch]):
    """What teams and units offer to do; open to everybody."""

    permission_classes = [permissions.IsAuthenticatedOrReadOnly]
    lookup_value_regex = r"\d{1,18}"
    queryset = Pitch.objects.none()

    def get_queryset(self) -> QuerySet[Pitch]:
        return Pitch.objects.public()

    def get_serializer_class(self) -> type[BaseSerializer[Pitch]]:
        return PitchSerializer if self.action == "list" else WholePitchSerializer

    @extend_schema(request=MakePitchSerializer, responses={201: WholePitchSerializer})
    def create(self, request: Request) -> Response:
        """Pitches for a call, as the leader of a team or the contact of a unit. Refusals are 409."""
        asked = MakePitchSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        made = pitches_actions.make_pitch(**asked.validated_data, by=signed_in(request), now=timezone.now())
        return Response(WholePitchSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=SayVoteSerializer, responses=VoteSerializer)
    @action(detail=True, methods=["post"])
    def vote(self, request: Request, pk: str) -> Response:
        """Says for oneself, or for whom one acts, whether it is needed; each resident once."""
        asked = SayVoteSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        by, now = signed_in(request), timezone.now()
        said = pitches_actions.vote(pitch_id=self.get_object().pk, by=by, now=now, **asked.validated_data)
        return Response(VoteSerializer(said).data)
