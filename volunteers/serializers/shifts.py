"""Shape of the API: shifts, sign-ups, checking in."""

from typing import Any

from rest_framework import serializers

from volunteers.models.shifts import Shift
from volunteers.models.signups import ShiftSignup


class ShiftSerializer(serializers.ModelSerializer[Shift]):
    """A shift as everybody may see it; `places_left` is what a newcomer could take now."""

    title = serializers.CharField(source="activity.title", read_only=True)
    where = serializers.CharField(source="activity.where", read_only=True)
    meeting_point = serializers.CharField(source="activity.meeting_point", read_only=True)
    skill = serializers.CharField(source="activity.skill.name", default=None, read_only=True)
    min_age = serializers.IntegerField(source="activity.min_age", read_only=True, allow_null=True)
    dangerous = serializers.BooleanField(source="activity.dangerous", read_only=True)
    places_left = serializers.IntegerField(read_only=True)

    class Meta:
        model = Shift
        fields = [
            "id",
            "title",
            "starts_at",
            "ends_at",
            "where",
            "meeting_point",
            "skill",
            "min_age",
            "dangerous",
            "places",
            "places_left",
            "waiting_taken",
            "state",
            "reason",
            "note",
        ]
        read_only_fields = fields


class SignupSerializer(serializers.ModelSerializer[ShiftSignup]):
    """A sign-up as its volunteer sees it."""

    shift_id = serializers.IntegerField(read_only=True)
    title = serializers.CharField(source="shift.activity.title", read_only=True)
    volunteer_id = serializers.IntegerField(read_only=True)
    volunteer = serializers.CharField(source="volunteer.person.full_name", read_only=True)

    class Meta:
        model = ShiftSignup
        fields = [
            "id",
            "shift_id",
            "title",
            "volunteer_id",
            "volunteer",
            "state",
            "position",
            "created_at",
            "check_in_kind",
            "checked_in_at",
            "checked_out_at",
            "reason",
        ]
        read_only_fields = fields


class SignUpSerializer(serializers.Serializer[dict[str, Any]]):
    """Which volunteer wants a place in which shift."""

    shift_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    volunteer_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class ScanSerializer(serializers.Serializer[dict[str, Any]]):
    """A scanned code; `scanned_at` where the phone was offline then, at most 72 h ago."""

    token = serializers.CharField(max_length=60)
    scanned_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
