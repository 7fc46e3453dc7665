"""Lines of a passbook in the words of a reader; no queries here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TypedDict

from django.utils import timezone
from django.utils.translation import gettext as _

from points.models.certificates import Certificate, ServiceLine
from points.models.ledger import Leg, Posting
from points.rules import PostingKind, Unit

# Entries that a member of staff answers for: her name stands beside them.
ANSWERED_FOR = {PostingKind.EARN, PostingKind.OPENING, PostingKind.AWARD, PostingKind.REVERSAL}


def span(minutes: int) -> str:
    """150 -> "2 小时 30 分钟"."""
    hours, rest = divmod(abs(minutes), 60)
    if hours and rest:
        return _("%(hours)s 小时 %(minutes)s 分钟") % {"hours": hours, "minutes": rest}
    return _("%(hours)s 小时") % {"hours": hours} if hours else _("%(minutes)s 分钟") % {"minutes": rest}


def amount(value: int, unit: str) -> str:
    """Minutes as hours, points as a number; without a sign."""
    return span(value) if unit == Unit.HOURS else f"{abs(value):,}"


def what(posting: Posting) -> str:
    """What an entry is about."""
    if posting.reverses is not None:
        done = posting.record.title if posting.record else ""  # the same as of what it takes back
        memo = posting.reverses.memo or done or posting.reverses.get_kind_display()
        return _("冲正：%(memo)s") % {"memo": memo}
    if posting.kind == PostingKind.REDEEM:
        return _("换%(gift)s") % {"gift": posting.memo} if posting.memo else _("兑换")
    return posting.title or posting.get_kind_display()


def notes(posting: Posting, unit: str) -> list[str]:
    """What is told below an entry, in small."""
    told = []
    if posting.kind == PostingKind.EARN and posting.record is not None and unit == Unit.POINTS:
        told.append(span(posting.record.minutes))
    if posting.kind == PostingKind.REVERSAL and why(posting):
        told.append(_("原因：%(reason)s") % {"reason": why(posting)})
    if posting.kind in ANSWERED_FOR:
        told.append(_("经办：%(name)s") % {"name": posting.by})
    return told


def why(reversal: Posting) -> str:
    """Why a posting was taken back: what its voucher says, or what a merge that was undone wrote."""
    voucher = getattr(reversal, "voucher", None)
    return voucher.grounds if voucher is not None else reversal.memo


class Line(TypedDict):
    """A line of a passbook: amounts in words, "" on the side where nothing moved."""

    posting: int
    day: date
    what: str
    kind: str
    notes: list[str]
    come: str
    gone: str
    balance: str
    good_until: date | None
    undone: bool
    may_undo: bool


def lines(legs: Iterable[Leg], unit: str) -> list[Line]:
    """Rows of a passbook."""
    return [
        {
            "posting": leg.posting_id,
            "day": timezone.localtime(leg.posting.at).date(),
            "what": what(leg.posting),
            "kind": leg.posting.get_kind_display(),
            "notes": notes(leg.posting, unit),
            "come": amount(leg.amount, unit) if leg.amount > 0 else "",
            "gone": amount(leg.amount, unit) if leg.amount < 0 else "",
            "balance": amount(leg.balance or 0, unit),
            "good_until": leg.expires_on,
            "undone": getattr(leg.posting, "reversal", None) is not None,
            "may_undo": leg.posting.kind != PostingKind.REVERSAL
            and getattr(leg.posting, "reversal", None) is None,
        }
        for leg in legs
    ]


class Listed(ServiceLine):
    """A line of a certificate with its minutes in words."""

    span: str


def services(certificate: Certificate) -> list[Listed]:
    """What a certificate lists."""
    return [{**row, "span": span(row["minutes"])} for row in certificate.services]
