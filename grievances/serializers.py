"""Shape of the API: categories, the problem wall, one's own tickets."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.api import BIGGEST
from grievances.models.categories import Category
from grievances.models.commitments import Commitment, offered_to, promise_of
from grievances.models.history import told_of
from grievances.models.tickets import Ticket
from grievances.rules.tickets import (
    LONGEST_PLACE,
    LONGEST_TEXT,
    LONGEST_TITLE,
    LONGEST_WORDS,
    Hat,
    Privacy,
)

# Who says nobody's name, and what keeps nobody's, goes by the pages.
NAMED_HERE = [(one.value, one.label) for one in (Privacy.NAMED, Privacy.CONFIDENTIAL)]


class CategorySerializer(serializers.ModelSerializer[Category]):
    """What may be told here, and what it lies under."""

    above = serializers.CharField(source="parent.name", default="", read_only=True)

    class Meta:
        model = Category
        fields = ["id", "name", "parent_id", "above", "kind"]
        read_only_fields = fields


class WallSerializer(serializers.ModelSerializer[Ticket]):
    """A ticket as everybody reads it: text that staff wrote for the wall, nobody's name."""

    category = serializers.CharField(source="category.name", read_only=True)
    division = serializers.CharField(source="division.name", read_only=True)

    class Meta:
        model = Ticket
        fields = ["id", "public_text", "category_id", "category", "division_id", "division", "state"]
        read_only_fields = fields


class AlikeSerializer(serializers.Serializer[dict[str, Any]]):
    """What somebody is about to tell."""

    category_id = serializers.IntegerField(min_value=1, max_value=BIGGEST)
    division_id = serializers.IntegerField(min_value=1, max_value=BIGGEST)
    title = serializers.CharField(max_length=LONGEST_TITLE)
    text = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True, default="")


class TellSerializer(AlikeSerializer):
    """What is told, by whom, and who may learn that."""

    person_id = serializers.IntegerField(min_value=1, max_value=BIGGEST)
    place = serializers.CharField(max_length=LONGEST_PLACE, required=False, allow_blank=True, default="")
    privacy = serializers.ChoiceField(choices=NAMED_HERE, default=Privacy.NAMED.value)


class TicketSerializer(serializers.ModelSerializer[Ticket]):
    """Where a ticket stands; no words, for answers to what was sent are kept a day."""

    reference = serializers.CharField(read_only=True)
    state = serializers.CharField(source="followed.state", read_only=True)
    state_label = serializers.CharField(source="followed.get_state_display", read_only=True)
    due_at = serializers.DateTimeField(source="followed.due_at", read_only=True, allow_null=True)
    answered_at = serializers.DateTimeField(source="followed.answered_at", read_only=True, allow_null=True)
    closed_at = serializers.DateTimeField(source="followed.closed_at", read_only=True, allow_null=True)
    merged = serializers.BooleanField(source="merged_into_id", read_only=True)

    class Meta:
        model = Ticket
        fields = [
            "id",
            "reference",
            "category_id",
            "division_id",
            "person_id",
            "privacy",
            "state",
            "state_label",
            "merged",
            "opened_at",
            "due_at",
            "answered_at",
            "closed_at",
        ]
        read_only_fields = fields


class OwnTicketSerializer(TicketSerializer):
    """The same with what she called it."""

    class Meta(TicketSerializer.Meta):
        fields = [*TicketSerializer.Meta.fields, "title"]
        read_only_fields = fields


class StepSerializer(serializers.Serializer[Any]):
    """What happened, when, and the words that she reads."""

    event = serializers.CharField()
    what = serializers.CharField(source="label")
    at = serializers.DateTimeField()
    words = serializers.CharField(allow_blank=True)


class PromiseSerializer(serializers.ModelSerializer[Commitment]):
    """What was promised about it, and what became of that."""

    class Meta:
        model = Commitment
        fields = ["what", "due_on", "provisional", "postponed_from", "state", "evidence"]
        read_only_fields = fields


class WholeTicketSerializer(OwnTicketSerializer):
    """The same with all that she told, and how it went, the newest first; `may`: what she may say now."""

    may = serializers.SerializerMethodField()
    promise = serializers.SerializerMethodField()
    steps = serializers.SerializerMethodField()

    class Meta(TicketSerializer.Meta):
        fields = [*OwnTicketSerializer.Meta.fields, "text", "place", "public_text", "may", "promise", "steps"]
        read_only_fields = fields

    def get_may(self, ticket: Ticket) -> list[str]:
        shown = ticket.followed
        offered = offered_to(
            shown, promise_of(shown), {Hat.RESIDENT}, self.context["today"], merged=shown.pk != ticket.pk
        )
        return [move.lower() for move in offered]

    @extend_schema_field(PromiseSerializer(allow_null=True))
    def get_promise(self, ticket: Ticket) -> dict[str, Any] | None:
        promise = promise_of(ticket.followed)
        return dict(PromiseSerializer(promise).data) if promise else None

    @extend_schema_field(StepSerializer(many=True))
    def get_steps(self, ticket: Ticket) -> list[dict[str, Any]]:
        return [dict(StepSerializer(step).data) for step in told_of(ticket)]


class SayingSerializer(serializers.Serializer[dict[str, Any]]):
    """What she says."""

    reason = serializers.CharField(max_length=LONGEST_WORDS, required=False, allow_blank=True, default="")


class FollowSerializer(serializers.Serializer[dict[str, Any]]):
    """Who met the same."""

    person_id = serializers.IntegerField(min_value=1, max_value=BIGGEST)
