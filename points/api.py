"""The API of hours and points: one's own passbooks, what points buy, the check of a certificate."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, permissions, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import IdempotentMixin
from common.errors import DomainError, NotAllowed
from people.doors import signed_in
from people.models import acts_for
from points.actions import gifts, giving
from points.models.certificates import Certificate
from points.models.coverage import coverage
from points.models.gifts import Gift
from points.models.ledger import Account, Leg
from points.models.redemptions import Redemption
from points.models.transfers import Transfer
from points.rules import AccountKind, Unit
from points.serializers import (
    AccountSerializer,
    CertificateSerializer,
    CoverageSerializer,
    DonateSerializer,
    EntrySerializer,
    GiftSerializer,
    RedeemSerializer,
    RedemptionSerializer,
    TransferSerializer,
)


def _passbooks(request: Request) -> QuerySet[Account]:
    mine = acts_for(signed_in(request)).values("pk")
    return Account.objects.filter(person__in=mine, kind=AccountKind.PERSON)


class AccountViewSet(IdempotentMixin, mixins.ListModelMixin, viewsets.GenericViewSet[Account]):
    """The passbooks of the signed-in person and of whom she acts for."""

    serializer_class = AccountSerializer
    lookup_value_regex = r"\d{1,18}"
    queryset = Account.objects.none()

    def get_queryset(self) -> QuerySet[Account]:
        return _passbooks(self.request).select_related("person")

    @extend_schema(request=DonateSerializer, responses={201: EntrySerializer})
    @action(detail=True, methods=["post"])
    def donate(self, request: Request, pk: str) -> Response:
        """Gives points of a passbook to the pool of her community. Refusals are 409 with code and message."""
        passbook = self.get_object()
        asked = DonateSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        if passbook.unit != Unit.POINTS:
            raise DomainError("HOURS_STAY", _("时长只记录，不能捐；请用积分那一本。"))
        assert passbook.person_id is not None  # noqa: S101 - _passbooks are those of persons
        done = giving.donate(
            key=request.headers.get("Idempotency-Key", "")[:40] or uuid4().hex,
            person_id=passbook.person_id,
            points=asked.validated_data["points"],
            by=signed_in(request),
            now=timezone.now(),
        )
        leg = done.legs.select_related("account", "posting__record").get(account__person=passbook.person_id)
        return Response(EntrySerializer(leg).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=EntrySerializer(many=True))
    @action(detail=True)
    def entries(self, _request: Request, pk: str) -> Response:
        """The lines of a passbook, newest first; pages by cursor, however long the passbook is."""
        passbook = self.get_object()
        legs: Any = Leg.objects.filter(account=passbook).select_related("account", "posting__record")
        page: Any = self.paginate_queryset(legs)
        return self.get_paginated_response(EntrySerializer(page, many=True).data)


class TransferViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Transfer]):
    """Points passed on in a family, either way; asking for it is done on the page, or at the desk."""

    serializer_class = TransferSerializer
    queryset = Transfer.objects.none()

    def get_queryset(self) -> QuerySet[Transfer]:
        mine = acts_for(signed_in(self.request)).values("pk")
        rows = Transfer.objects.filter(Q(giver__in=mine) | Q(taker__in=mine))
        return rows.select_related("giver", "taker")


class CoverageViewSet(viewsets.ViewSet):
    """Whether every point can be honoured; open to everybody."""

    permission_classes = [permissions.AllowAny]

    @extend_schema(responses=CoverageSerializer)
    def list(self, _request: Request) -> Response:
        """Gifts and budget against what people hold, in points."""
        return Response(CoverageSerializer(coverage()).data)


class GiftViewSet(IdempotentMixin, viewsets.ReadOnlyModelViewSet[Gift]):
    """What points buy; open to everybody."""

    permission_classes = [permissions.IsAuthenticatedOrReadOnly]
    serializer_class = GiftSerializer
    lookup_value_regex = r"\d{1,18}"
    queryset = Gift.objects.none()

    def get_queryset(self) -> QuerySet[Gift]:
        return Gift.objects.on_offer()

    @extend_schema(request=RedeemSerializer, responses={201: RedemptionSerializer})
    @action(detail=True, methods=["post"])
    def redeem(self, request: Request, pk: str) -> Response:
        """Has a gift set aside. Refusals are 409 with code and message."""
        asked = RedeemSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data, by = asked.validated_data, signed_in(request)
        # For oneself and whom one acts for; the desk has its page.
        if not acts_for(by).filter(pk=data["person_id"]).exists():
            raise NotAllowed(message=_("您不能替这位居民兑换，请到服务台办理。"))
        key = data["key"] or request.headers.get("Idempotency-Key", "")[:40] or uuid4().hex
        done = gifts.redeem(
            gift_id=self.get_object().pk, person_id=data["person_id"], key=key, by=by, now=timezone.now()
        )
        return Response(RedemptionSerializer(done).data, status=status.HTTP_201_CREATED)


class RedemptionViewSet(
    IdempotentMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Redemption],
):
    """Gifts set aside for the signed-in person and for whom she acts."""

    serializer_class = RedemptionSerializer
    lookup_value_regex = r"\d{1,18}"
    queryset = Redemption.objects.none()

    def get_queryset(self) -> QuerySet[Redemption]:
        mine = Redemption.objects.filter(person__in=acts_for(signed_in(self.request)).values("pk"))
        return mine.select_related("person", "gift__center", "hold__end")

    @extend_schema(request=None, responses=RedemptionSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """The points come back whole."""
        by, now = signed_in(request), timezone.now()
        gifts.cancel_redemption(redemption_id=self.get_object().pk, by=by, now=now)
        return Response(RedemptionSerializer(self.get_object()).data)


class CertificateViewSet(mixins.RetrieveModelMixin, viewsets.GenericViewSet[Certificate]):
    """Whether a certificate is good: open to everybody, throttled, the name masked."""

    permission_classes = [permissions.AllowAny]
    serializer_class = CertificateSerializer
    lookup_field = "number"
    lookup_value_regex = r"[0-9A-Z]{1,24}"
    queryset = Certificate.objects.select_related("volunteer__person")
