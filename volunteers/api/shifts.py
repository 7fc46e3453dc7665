"""The API of volunteering: what needs people, one's own sign-ups, being there."""

from collections.abc import Callable
from datetime import datetime
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
from volunteers.actions import check_in as check_in_actions
from volunteers.actions.signups import sign_up, withdraw_signup
from volunteers.models.shifts import Shift
from volunteers.models.signups import ShiftSignup
from volunteers.rules.check_in import CheckInKind
from volunteers.serializers.shifts import ScanSerializer, ShiftSerializer, SignUpSerializer, SignupSerializer


class ShiftViewSet(viewsets.ReadOnlyModelViewSet[Shift]):
    """Shifts of published activities; open to everybody."""

    permission_classes = [permissions.AllowAny]
    serializer_class = ShiftSerializer
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> QuerySet[Shift]:
        return Shift.objects.public().for_cards()


class SignupViewSet(
    IdempotentMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[ShiftSignup],
):
    """The sign-ups of the signed-in person and of whom she acts for."""

    serializer_class = SignupSerializer
    lookup_value_regex = r"\d{1,18}"
    queryset = ShiftSignup.objects.none()

    def get_queryset(self) -> QuerySet[ShiftSignup]:
        mine = ShiftSignup.objects.of(signed_in(self.request))
        return mine.select_related("shift__activity", "volunteer__person")

    @extend_schema(request=SignUpSerializer, responses={201: SignupSerializer})
    def create(self, request: Request) -> Response:
        """Takes a place, or the next one in line: see `state`. Refusals are 409 with code and message."""
        asked = SignUpSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        done = sign_up(**asked.validated_data, by=signed_in(request), now=timezone.now())
        return Response(SignupSerializer(done).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=SignupSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Gives the place back; no reason is asked."""
        by, now = signed_in(request), timezone.now()
        done = withdraw_signup(signup_id=self.get_object().pk, by=by, now=now)
        return Response(SignupSerializer(done).data)

    @extend_schema(request=ScanSerializer, responses=SignupSerializer)
    @action(detail=True, methods=["post"], url_path="check-in", url_name="arrive")
    def check_in(self, request: Request, pk: str) -> Response:
        """Checks in by a scanned code; replaying a scan changes nothing."""
        return self._scan(request, check_in_actions.check_in)

    @extend_schema(request=ScanSerializer, responses=SignupSerializer)
    @action(detail=True, methods=["post"], url_path="check-out", url_name="go")
    def check_out(self, request: Request, pk: str) -> Response:
        """Checks out by a scanned code; the first time counts."""
        return self._scan(request, check_in_actions.check_out)

    def _scan(self, request: Request, act: Callable[..., ShiftSignup]) -> Response:
        signup = self.get_object()
        asked = ScanSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        told: dict[str, Any] = asked.validated_data
        scanned_at: datetime | None = told["scanned_at"]
        done = act(
            shift_id=signup.shift_id,
            volunteer_id=signup.volunteer_id,
            by=signed_in(request),
            now=timezone.now(),
            kind=CheckInKind.QR,
            token=told["token"],
            scanned_at=scanned_at,
        )
        return Response(SignupSerializer(done).data)
