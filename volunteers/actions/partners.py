"""Verbs of partner units and shops: who answers for them in the portal."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import DomainError, NotAllowed
from common.phones import read_phone
from people.authority import may_act, refuse_own, refuse_own_accounts, refuse_unproved
from people.models import User
from volunteers.models.partners import PartnerShop, PartnerUnit
from volunteers.models.roll import Volunteer
from volunteers.rules.takers import Taker, TakerKind


@transaction.atomic
def answer_for(*, partner: Taker, phone: str, by: User, now: datetime) -> PartnerUnit | PartnerShop:
    """登记账号: the account with this phone answers for a unit or a shop; no phone, nobody does.

    She takes and declines orders, and a unit's contact pitches for grants. Nobody puts herself or
    one of hers on, nor takes them off: what is "own" in every later verb follows from it. Twice
    changes nothing. Refuses NOT_ALLOWED (not a unit or shop in reach), NO_ACCOUNT, NOT_PROVED and
    SAME_PERSON.
    """
    model = PartnerUnit if partner.kind == TakerKind.UNIT else PartnerShop
    rows = model._default_manager.select_for_update(no_key=True, of=("self",)).select_related("division")
    found: PartnerUnit | PartnerShop | None = rows.filter(pk=partner.pk).first()
    if found is None or not may_act(by=by, verb="volunteers.change", row=found.division):
        raise NotAllowed(message=_("没有找到这家单位或商户，或者它不在您负责的范围内。"))
    account = None
    if phone.strip():
        account = User.objects.filter(phone=read_phone(phone) or "-", is_active=True).first()
        if account is None:
            raise DomainError("NO_ACCOUNT", _("没有这个手机号的账号，请对方先注册。"))
        refuse_unproved(account)
    column = "contact" if isinstance(found, PartnerUnit) else "keeper"
    refuse_own_accounts(by, account, getattr(found, column))
    setattr(found, column, account)
    found.save(update_fields=[column])
    return found


def refuse_own_members(writer: User, *volunteers: Volunteer | None) -> None:
    """Refuses SAME_PERSON where one of these, who come to lead a team or belong to it, or no longer do,
    is the writer's own."""
    refuse_own(writer, *(one.person for one in volunteers if one is not None))
