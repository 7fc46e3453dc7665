"""Shape of the API: accounts, entries, gifts, redemptions, certificates."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.masking import mask_name
from points.models.certificates import Certificate
from points.models.coverage import Coverage
from points.models.gifts import Gift
from points.models.ledger import Account, Leg
from points.models.redemptions import Redemption
from points.models.transfers import Transfer


class AccountSerializer(serializers.ModelSerializer[Account]):
    """One passbook of one person: HOURS count minutes, POINTS count points."""

    person = serializers.CharField(source="person.full_name", read_only=True)
    person_id = serializers.IntegerField(read_only=True)
    balance = serializers.IntegerField(source="posted", read_only=True)
    free = serializers.IntegerField(read_only=True)

    class Meta:
        model = Account
        fields = ["id", "person_id", "person", "unit", "balance", "held", "free"]
        read_only_fields = fields


class EntrySerializer(serializers.ModelSerializer[Leg]):
    """One line of a passbook; `balance` is what stood there afterwards."""

    account_id = serializers.IntegerField(read_only=True)
    unit = serializers.CharField(source="account.unit", read_only=True)
    kind = serializers.CharField(source="posting.kind", read_only=True)
    memo = serializers.CharField(source="posting.title", read_only=True)
    at = serializers.DateTimeField(source="posting.at", read_only=True)
    reverses = serializers.IntegerField(source="posting.reverses_id", read_only=True, allow_null=True)
    posting_id = serializers.IntegerField(read_only=True)

    class Meta:
        model = Leg
        fields = [
            "id",
            "posting_id",
            "account_id",
            "unit",
            "kind",
            "memo",
            "amount",
            "balance",
            "expires_on",
            "reverses",
            "at",
        ]
        read_only_fields = fields


class GiftSerializer(serializers.ModelSerializer[Gift]):
    """What points buy; `left` may still be asked for."""

    center = serializers.CharField(source="center.name", read_only=True)
    left = serializers.IntegerField(read_only=True)

    class Meta:
        model = Gift
        fields = ["id", "name", "about", "points", "center_id", "center", "left"]
        read_only_fields = fields


class RedeemSerializer(serializers.Serializer[dict[str, Any]]):
    """Who wants a gift. `key` makes asking again the same redemption; the Idempotency-Key if left out."""

    person_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    key = serializers.CharField(required=False, allow_blank=True, max_length=40, default="")


class RedemptionSerializer(serializers.ModelSerializer[Redemption]):
    """A gift that was set aside; `code` opens it while it waits, `outcome` says how that ended."""

    person = serializers.CharField(source="person.full_name", read_only=True)
    person_id = serializers.IntegerField(read_only=True)
    gift_id = serializers.IntegerField(read_only=True)
    gift = serializers.CharField(source="gift.name", read_only=True)
    center = serializers.CharField(source="gift.center.name", read_only=True)
    points = serializers.IntegerField(source="hold.amount", read_only=True)
    until = serializers.DateTimeField(source="hold.until", read_only=True)
    outcome = serializers.CharField(read_only=True)
    code = serializers.SerializerMethodField()

    class Meta:
        model = Redemption
        fields = [
            "id",
            "person_id",
            "person",
            "gift_id",
            "gift",
            "center",
            "points",
            "until",
            "outcome",
            "code",
        ]
        read_only_fields = fields

    def get_code(self, redemption: Redemption) -> str:
        return "" if redemption.outcome else redemption.code


class CertificateSerializer(serializers.ModelSerializer[Certificate]):
    """What everybody may learn of a certificate: the name masked, whether it is good, why not."""

    name = serializers.SerializerMethodField()
    valid = serializers.SerializerMethodField()

    class Meta:
        model = Certificate
        fields = [
            "number",
            "valid",
            "name",
            "minutes",
            "since",
            "until",
            "issuer",
            "contact",
            "issued_at",
            "revoked_at",
            "revoke_reason",
        ]
        read_only_fields = fields

    def get_name(self, certificate: Certificate) -> str:
        return mask_name(certificate.volunteer.person.full_name)

    def get_valid(self, certificate: Certificate) -> bool:
        return certificate.revoked_at is None


class DonateSerializer(serializers.Serializer[dict[str, Any]]):
    """How many points to give."""

    points = serializers.IntegerField(min_value=1, max_value=1_000_000)


class TransferSerializer(serializers.ModelSerializer[Transfer]):
    """Points passed from one to another, and how far it is."""

    giver = serializers.CharField(source="giver.full_name", read_only=True)
    taker = serializers.CharField(source="taker.full_name", read_only=True)

    class Meta:
        model = Transfer
        fields = ["id", "kind", "giver", "taker", "points", "state", "asked_at", "reason"]
        read_only_fields = fields


class CoverageSerializer(serializers.Serializer[Coverage]):
    """In points; `percent` is null while nothing is owed."""

    stock = serializers.IntegerField(read_only=True)
    committed = serializers.IntegerField(read_only=True)
    outstanding = serializers.IntegerField(read_only=True)
    percent = serializers.IntegerField(read_only=True, allow_null=True)
