"""Shape of the API: calls for projects and what was pitched."""

from typing import Any

from rest_framework import serializers

from common.api import BIGGEST
from grants.models import GrantCall, Pitch, PitchVote


class CallSerializer(serializers.ModelSerializer[GrantCall]):
    """A call for projects; what it takes in now is what lies between its two times while OPEN."""

    division = serializers.CharField(source="division.name", read_only=True)

    class Meta:
        model = GrantCall
        fields = ["id", "title", "text", "division_id", "division", "opens_at", "closes_at", "state"]
        read_only_fields = fields


class PitchSerializer(serializers.ModelSerializer[Pitch]):
    """What a team or a unit offers to do."""

    call = serializers.CharField(source="call.title", read_only=True)
    pitcher = serializers.CharField(read_only=True)

    class Meta:
        model = Pitch
        fields = ["id", "call_id", "call", "title", "text", "pitcher", "state", "pitched_at"]
        read_only_fields = fields


class SurveySerializer(serializers.Serializer[dict[str, Any]]):
    """What residents said; null stands for fewer than five."""

    needed = serializers.IntegerField(allow_null=True, read_only=True)
    not_needed = serializers.IntegerField(allow_null=True, read_only=True)


class WholePitchSerializer(PitchSerializer):
    """A pitch with its survey; null while residents are still asked."""

    survey = SurveySerializer(source="survey_for_all", allow_null=True, read_only=True)

    class Meta(PitchSerializer.Meta):
        fields = [*PitchSerializer.Meta.fields, "survey"]
        read_only_fields = fields


class MakePitchSerializer(serializers.Serializer[dict[str, Any]]):
    """What is offered, and for which team or unit: exactly one of the two."""

    call_id = serializers.IntegerField(min_value=1, max_value=BIGGEST)
    team_id = serializers.IntegerField(min_value=1, max_value=BIGGEST, required=False, allow_null=True)
    unit_id = serializers.IntegerField(min_value=1, max_value=BIGGEST, required=False, allow_null=True)
    title = serializers.CharField(max_length=40)
    text = serializers.CharField(max_length=2000)


class SayVoteSerializer(serializers.Serializer[dict[str, Any]]):
    """Who says whether it is needed."""

    person_id = serializers.IntegerField(min_value=1, max_value=BIGGEST)
    needed = serializers.BooleanField()


class VoteSerializer(serializers.ModelSerializer[PitchVote]):
    """What was noted for one resident; only she is told."""

    class Meta:
        model = PitchVote
        fields = ["pitch_id", "person_id", "needed", "at"]
        read_only_fields = fields
