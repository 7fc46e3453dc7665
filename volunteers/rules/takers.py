"""Who may take something on: a volunteer, a team, a partner unit or a partner shop."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TakerKind(TextChoices):
    """Who may take an order; the values are the columns that point at them."""

    VOLUNTEER = "volunteer", _("志愿者")
    TEAM = "team", _("队伍")
    UNIT = "unit", _("共建单位")
    SHOP = "shop", _("爱心商户")


@dataclass(frozen=True)
class Taker:
    """Who takes, or is asked to: a kind and the row's number."""

    kind: TakerKind
    pk: int
