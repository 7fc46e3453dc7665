"""Shape of the API: classes, sessions, enrolments, letters."""

from typing import Any

from rest_framework import serializers

from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Enrolment
from courses.models.session import Session
from notices.models import Notice


class SessionSerializer(serializers.ModelSerializer[Session]):
    """One date of a class."""

    room = serializers.CharField(source="room.name", default=None, read_only=True)

    class Meta:
        model = Session
        fields = ["id", "number", "starts_at", "ends_at", "room", "state", "reason"]


class ClassSerializer(serializers.ModelSerializer[ClassGroup]):
    """A class as everybody may see it; `seats_left` is what a newcomer could take now."""

    course = serializers.CharField(source="course.name", read_only=True)
    center = serializers.CharField(source="center.name", read_only=True)
    room = serializers.CharField(source="room.name", default=None, read_only=True)
    teacher = serializers.CharField(source="teacher.person.full_name", default=None, read_only=True)
    seats_left = serializers.IntegerField(read_only=True)

    class Meta:
        model = ClassGroup
        fields = [
            "id",
            "name",
            "course",
            "center",
            "room",
            "teacher",
            "state",
            "enrol_by",
            "capacity",
            "seats_left",
            "waiting_taken",
            "opens_at",
            "closes_at",
            "starts_on",
            "ends_on",
            "min_age",
            "max_age",
            "bring",
        ]
        read_only_fields = fields


class EnrolmentSerializer(serializers.ModelSerializer[Enrolment]):
    """An enrolment as its learner sees it."""

    person = serializers.CharField(source="person.full_name", read_only=True)
    person_id = serializers.IntegerField(read_only=True)
    class_id = serializers.IntegerField(source="class_group_id", read_only=True)
    class_name = serializers.CharField(source="class_group.name", read_only=True)
    session_id = serializers.IntegerField(read_only=True)

    class Meta:
        model = Enrolment
        fields = [
            "id",
            "class_id",
            "class_name",
            "session_id",
            "person_id",
            "person",
            "state",
            "position",
            "offer_until",
            "created_at",
            "reason",
        ]
        read_only_fields = fields


class EnrolSerializer(serializers.Serializer[dict[str, Any]]):
    """Who wants a seat in what."""

    class_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    person_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    session_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False, allow_null=True)
    clash_confirmed = serializers.BooleanField(default=False)


class ReasonSerializer(serializers.Serializer[dict[str, Any]]):
    """A withdrawal's optional reason."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    """A letter."""

    recipient = serializers.CharField(source="recipient.full_name", read_only=True)
    title = serializers.CharField(read_only=True)
    body = serializers.CharField(read_only=True)

    class Meta:
        model = Notice
        fields = ["id", "kind", "recipient", "title", "body", "due_at", "read_at"]
        read_only_fields = fields
