"""The letters of this app: they hold numbers and times, never what was told."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Letter(TextChoices):
    """What is told; the words are in templates/grievances/letters/<kind>.txt."""

    TICKET_OPENED = "TICKET_OPENED", _("您说的事登记了")
    TICKET_ACCEPTED = "TICKET_ACCEPTED", _("您说的事受理了")
    TICKET_STARTED = "TICKET_STARTED", _("您说的事有人办了")
    TICKET_ASKS = "TICKET_ASKS", _("您说的事要请您补充")
    TICKET_PROMISED = "TICKET_PROMISED", _("您说的事答应了日子")
    TICKET_POSTPONED = "TICKET_POSTPONED", _("您说的事改了日子")
    TICKET_ANSWERED = "TICKET_ANSWERED", _("您说的事有答复了")
    TICKET_REFUSED = "TICKET_REFUSED", _("您说的事有说明了")
    TICKET_PARKED = "TICKET_PARKED", _("您说的事要等一等")
    TICKET_RESUMED = "TICKET_RESUMED", _("您说的事接着办了")
    TICKET_REOPENED = "TICKET_REOPENED", _("您说的事重新办理")
    TICKET_MERGED = "TICKET_MERGED", _("您说的事和别人的一起办")
    TICKET_CLOSED = "TICKET_CLOSED", _("您说的事办结了")
    TICKET_FOR_YOU = "TICKET_FOR_YOU", _("有一件诉求请您办")
    TICKET_TO_DECIDE = "TICKET_TO_DECIDE", _("有一件诉求请您定")
    TICKET_LATE = "TICKET_LATE", _("有一件诉求超时")
    TICKET_TO_BE_TALKED_OF = "TICKET_TO_BE_TALKED_OF", _("您说的事要上会议一议")
    TICKET_JUDGED = "TICKET_JUDGED", _("到会的人评了您说的事")
    MEETING_CALLED = "MEETING_CALLED", _("请您来开会")
    MEETING_MOVED = "MEETING_MOVED", _("会议改了时间")
    MEETING_CANCELLED = "MEETING_CANCELLED", _("会议不开了")
    MEETING_TOMORROW = "MEETING_TOMORROW", _("明天开会")
    MINUTES_TO_READ = "MINUTES_TO_READ", _("会议纪要请您看一看")
    CORRECTION_SETTLED = "CORRECTION_SETTLED", _("您提的更正定了")
    MINUTES_PUBLISHED = "MINUTES_PUBLISHED", _("会议纪要公布了")
    MEETING_OVERDUE = "MEETING_OVERDUE", _("两个多月没有开会了")


# Who reads no inbox is rung about these.
PHONED = frozenset(
    {
        Letter.TICKET_ASKS,
        Letter.TICKET_POSTPONED,
        Letter.TICKET_ANSWERED,
        Letter.TICKET_REFUSED,
        Letter.TICKET_PARKED,
        Letter.TICKET_CLOSED,
        Letter.TICKET_JUDGED,
        Letter.MEETING_CALLED,
        Letter.MEETING_MOVED,
        Letter.MEETING_CANCELLED,
    }
)
# What leads to minutes that members read before everybody does.
OF_DRAFT = frozenset({Letter.MINUTES_TO_READ, Letter.CORRECTION_SETTLED})
# What those who work on it are told.
OF_STAFF = frozenset({Letter.TICKET_FOR_YOU, Letter.TICKET_TO_DECIDE, Letter.TICKET_LATE})
