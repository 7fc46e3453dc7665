"""Shape of the API: a volunteer, and what she says when she joins."""

from typing import Any

from rest_framework import serializers

from common.api import BIGGEST
from volunteers.models.roll import Skill, Volunteer


class VolunteerSerializer(serializers.ModelSerializer[Volunteer]):
    """A volunteer as she sees herself."""

    person_id = serializers.IntegerField(read_only=True)
    person = serializers.CharField(source="person.full_name", read_only=True)
    skills: serializers.SlugRelatedField[Skill] = serializers.SlugRelatedField(
        "name", many=True, read_only=True
    )

    class Meta:
        model = Volunteer
        fields = ["id", "person_id", "person", "state", "skills", "insured_until", "honour_consent"]
        read_only_fields = fields


class JoinSerializer(serializers.Serializer[dict[str, Any]]):
    """Who becomes a volunteer; `skills` by name replace those on record where they are given."""

    person_id = serializers.IntegerField(min_value=1, max_value=BIGGEST)
    skills = serializers.SlugRelatedField("name", queryset=Skill.objects.all(), many=True, required=False)


class HonourSerializer(serializers.Serializer[dict[str, Any]]):
    """Whether the name stands on the wall of honour."""

    agree = serializers.BooleanField()
