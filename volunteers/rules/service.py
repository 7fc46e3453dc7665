"""What was done, and how we know: records of service and their evidence."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# Source keys say where a record comes from: "shift:12", "order:7", "session:3"; typed in by hand: this.
MANUAL_PREFIX = "manual:"
KINDS_OF_EVIDENCE = 2


class RecordState(TextChoices):
    RECORDED = "RECORDED", _("待审核")
    APPROVED = "APPROVED", _("已认定")
    REFUSED = "REFUSED", _("未认定")
    REVERSED = "REVERSED", _("已撤销")


class EvidenceKind(TextChoices):
    """Ways to know that a service took place. Photos are welcome and never asked for."""

    QR = "QR", _("扫码签到")
    KIOSK = "KIOSK", _("一体机签到")
    LIST = "LIST", _("组织者名单")
    RECIPIENT = "RECIPIENT", _("受助人确认")
    CALLBACK = "CALLBACK", _("电话回访")
    WITNESS = "WITNESS", _("证明人")
    PAPER = "PAPER", _("纸质签名")
    SESSION = "SESSION", _("课堂考勤")
    PHOTO = "PHOTO", _("照片")
    ORDER = "ORDER", _("服务单")


# What does not rest on the word of whoever types the record in.
INDEPENDENT = frozenset(
    {
        EvidenceKind.QR,
        EvidenceKind.KIOSK,
        EvidenceKind.RECIPIENT,
        EvidenceKind.CALLBACK,
        EvidenceKind.SESSION,
        EvidenceKind.ORDER,
    }
)


# What whoever did the work may bring along; the rest comes from others.
OWN_EVIDENCE = frozenset({EvidenceKind.PAPER, EvidenceKind.PHOTO, EvidenceKind.WITNESS, EvidenceKind.LIST})


@dataclass(frozen=True)
class EvidenceDraft:
    """One piece of evidence: its kind, a word about it, the moment it speaks of (None: now)."""

    kind: EvidenceKind
    note: str = ""
    at: datetime | None = None


def enough_evidence(kinds: Iterable[str]) -> bool:
    """Whether points may follow: two different kinds, one of them not the recorder's own word."""
    found = {EvidenceKind(kind) for kind in kinds}
    return len(found) >= KINDS_OF_EVIDENCE and bool(found & INDEPENDENT)
