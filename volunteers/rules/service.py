"""What was done, and how we know: records of service and their evidence."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.moves import Machine, Need, Step

# Source keys say where a record comes from: "shift:12", "order:7", "session:3"; typed in by hand: this.
MANUAL_PREFIX = "manual:"
# Their titles are the names of activities and classes; all others were typed about somebody.
NAMED_BY_THE_HOUSE = ("shift:", "session:")
# What a record is called whose title is empty, or was typed about somebody whose record is closed.
UNTITLED = _("志愿服务")
KINDS_OF_EVIDENCE = 2


class RecordState(TextChoices):
    RECORDED = "RECORDED", _("待审核")
    APPROVED = "APPROVED", _("已认定")
    REFUSED = "REFUSED", _("未认定")
    REVERSED = "REVERSED", _("已撤销")


class RecordMove(TextChoices):
    """What may happen to a record."""

    APPROVE = "APPROVE", _("认定")
    REFUSE = "REFUSE", _("不予认定")
    REVERSE = "REVERSE", _("冲正")


class RecordParty(TextChoices):
    """In what capacity somebody acts on a record."""

    APPROVER = "APPROVER", _("审核人")
    KEEPER = "KEEPER", _("管账的人")


RECORDS = Machine(
    noun="record",
    states=RecordState,
    moves=RecordMove,
    hats=RecordParty,
    begins=frozenset({RecordState.RECORDED}),
    table={
        (RecordState.RECORDED, RecordMove.APPROVE): Step(
            RecordState.APPROVED, frozenset({RecordParty.APPROVER})
        ),
        (RecordState.RECORDED, RecordMove.REFUSE): Step(
            RecordState.REFUSED,
            frozenset({RecordParty.APPROVER}),
            (Need("reason", _("请写明原因，志愿者会看到。"), least=2),),
        ),
        # With the posting that it earned.
        (RecordState.APPROVED, RecordMove.REVERSE): Step(
            RecordState.REVERSED,
            frozenset({RecordParty.KEEPER}),
            (Need("reason", _("请写明冲正的原因，本人会看到。"), least=2),),
        ),
    },
)


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

# What a machine saw: nobody's word, whoever wrote it down.
BY_MACHINE = frozenset({EvidenceKind.QR})


# What whoever did the work may bring along; the rest comes from others.
OWN_EVIDENCE = frozenset({EvidenceKind.PAPER, EvidenceKind.PHOTO, EvidenceKind.WITNESS, EvidenceKind.LIST})


@dataclass(frozen=True)
class EvidenceDraft:
    """One piece of evidence: its kind, a word about it, the moment it speaks of (None: now), who gave it
    (None: whoever records)."""

    kind: EvidenceKind
    note: str = ""
    at: datetime | None = None
    by_id: int | None = None


def enough_evidence(kinds: Iterable[str]) -> bool:
    """Whether points may follow: two different kinds, one of them not the recorder's own word."""
    found = {EvidenceKind(kind) for kind in kinds}
    return len(found) >= KINDS_OF_EVIDENCE and bool(found & INDEPENDENT)
