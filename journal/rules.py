"""What the journal of staff tells of."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Happened(TextChoices):
    """A kind of entry."""

    SIGNED_IN = "SIGNED_IN", _("登录")
    NOT_SIGNED_IN = "NOT_SIGNED_IN", _("登录失败")
    FACTOR = "FACTOR", _("通过二次验证")
    NO_FACTOR = "NO_FACTOR", _("二次验证失败")
    REFUSED = "REFUSED", _("没有权限")
    REVEALED = "REVEALED", _("查阅完整信息")
    SEARCHED = "SEARCHED", _("查找居民")
    EXPORTED = "EXPORTED", _("导出文件")
