"""The API of what residents tell: categories, the problem wall, one's own tickets and one's word on them."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, permissions, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from centers.models import Division
from common.api import IdempotentMixin
from grievances.actions import verdicts
from grievances.actions.tickets import TOLD_OF, Word, hashes_of, open_ticket
from grievances.models.categories import Category
from grievances.models.matching import like
from grievances.models.tickets import Ticket
from grievances.rules.tickets import Kind, Privacy, Source
from grievances.serializers import (
    AlikeSerializer,
    CategorySerializer,
    FollowSerializer,
    OwnTicketSerializer,
    SayingSerializer,
    TellSerializer,
    TicketSerializer,
    WallSerializer,
    WholeTicketSerializer,
)
from people.doors import signed_in


class CategoryViewSet(viewsets.ReadOnlyModelViewSet[Category]):
    """What may be told by a program; open to everybody."""

    permission_classes = [permissions.AllowAny]
    serializer_class = CategorySerializer
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> QuerySet[Category]:
        return Category.objects.offered().exclude(kind=Kind.EVENT)


class WallViewSet(IdempotentMixin, viewsets.ReadOnlyModelViewSet[Ticket]):
    """The problem wall; open to everybody. Whoever met the same follows it."""

    permission_classes = [permissions.AllowAny]
    serializer_class = WallSerializer
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> QuerySet[Ticket]:
        wall = Ticket.objects.on_wall().select_related("category", "division")
        return wall.defer("title", "text", "place")

    @extend_schema(request=AlikeSerializer, responses=WallSerializer(many=True))
    @action(detail=False, methods=["post"], permission_classes=[permissions.IsAuthenticated])
    def alike(self, request: Request) -> Response:
        """Open ones like what somebody is about to tell: sent, for words stand in no address."""
        told = _read(AlikeSerializer, request)
        division = Division.objects.filter(pk=told["division_id"], kind__in=TOLD_OF).first()
        pairs = hashes_of(told["title"] + told["text"])
        found = like(pairs=pairs, category_id=told["category_id"], division=division) if division else []
        return Response(WallSerializer(found, many=True).data)

    @extend_schema(request=FollowSerializer, responses=WallSerializer)
    @action(detail=True, methods=["post"], permission_classes=[permissions.IsAuthenticated])
    def follow(self, request: Request, pk: str) -> Response:
        """Met the same: she is told what becomes of it."""
        ticket, asked = self.get_object(), _read(FollowSerializer, request)
        by, now = signed_in(request), timezone.now()
        verdicts.follow_ticket(ticket_id=ticket.pk, person_id=asked["person_id"], by=by, now=now)
        return Response(WallSerializer(ticket).data)


class TicketViewSet(
    IdempotentMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Ticket],
):
    """What the signed-in person told, and those whom she acts for."""

    lookup_value_regex = r"\d{1,18}"
    queryset = Ticket.objects.none()

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Ticket]]:
        return OwnTicketSerializer if self.action == "list" else WholeTicketSerializer

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "today": timezone.localdate()}

    def get_queryset(self) -> QuerySet[Ticket]:
        return Ticket.objects.told_by(signed_in(self.request)).select_related("merged_into")

    @extend_schema(request=TellSerializer, responses={201: TicketSerializer})
    def create(self, request: Request) -> Response:
        """Tells something. Refusals are 409 with code and message."""
        told = _read(TellSerializer, request)
        word = Word.read(**{**told, "privacy": Privacy(told["privacy"])})
        by, now, key = signed_in(request), timezone.now(), self._key(request)
        opened = open_ticket(word=word, source=Source.API, by=by, now=now, source_key=key)
        return Response(TicketSerializer(opened.ticket).data, status=status.HTTP_201_CREATED)

    def _key(self, request: Request) -> str:
        """The Idempotency-Key as the ticket keeps it: it outlives the cache."""
        given = request.headers.get("Idempotency-Key", "")
        owner = f"{signed_in(request).pk}:{given}".encode()
        return f"api:{hashlib.sha256(owner).hexdigest()}" if given else ""

    def _say(self, request: Request, verb: Callable[..., Ticket], **said: Any) -> Response:
        by, now = signed_in(request), timezone.now()
        verb(ticket_id=self.get_object().pk, by=by, now=now, **said)
        return Response(TicketSerializer(self.get_object()).data)

    @extend_schema(request=SayingSerializer, responses=TicketSerializer)
    @action(detail=True, methods=["post"])
    def reply(self, request: Request, pk: str) -> Response:
        """What she was asked."""
        return self._say(request, verdicts.reply_ticket, **_read(SayingSerializer, request))

    @extend_schema(request=None, responses=TicketSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """Says that it is solved."""
        return self._say(request, verdicts.confirm_ticket)

    @extend_schema(request=SayingSerializer, responses=TicketSerializer)
    @action(detail=True, methods=["post"], url_path="confirm-partly")
    def confirm_partly(self, request: Request, pk: str) -> Response:
        """Says what of a promise is kept, and what is left."""
        return self._say(request, verdicts.confirm_partly, **_read(SayingSerializer, request))

    @extend_schema(request=SayingSerializer, responses=TicketSerializer)
    @action(detail=True, methods=["post"])
    def dispute(self, request: Request, pk: str) -> Response:
        """Says that it is not solved, and what is wrong."""
        return self._say(request, verdicts.dispute_ticket, **_read(SayingSerializer, request))

    @extend_schema(request=SayingSerializer, responses=TicketSerializer)
    @action(detail=True, methods=["post"])
    def appeal(self, request: Request, pk: str) -> Response:
        """Says why it should be done after all."""
        return self._say(request, verdicts.appeal_ticket, **_read(SayingSerializer, request))


def _read(shape: type[serializers.Serializer[dict[str, Any]]], request: Request) -> dict[str, Any]:
    """What was sent, in its shape; refuses with 400 what is not."""
    asked = shape(data=request.data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)
