"""The letters of this app: how many and where, never who."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Letter(TextChoices):
    """What is told; the words are in templates/visits/letters/<kind>.txt."""

    CARE_LATE = "CARE_LATE", _("有人该去看望，晚了")
    GRID_YOURS = "GRID_YOURS", _("网格请您接手")
