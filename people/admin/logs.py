"""What was agreed, looked at and merged: read-only."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from common.admin import ReadOnlyAdmin, Verb, VerbAdmin
from people.actions.family import end_guardianship
from people.actions.records import undo_merge
from people.models import Consent, Guardianship, Merge, Person, RevealLog, User


class OfPeople(ReadOnlyAdmin):
    """Rows about residents in sight; `of` is the lookup to the resident."""

    of = "person"
    see = "people.reveal"

    def scope(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        people = Person.objects.visible_to(request.user)
        return rows.filter(**{f"{self.of}__in": people.values("pk")})


@admin.register(RevealLog)
class RevealLogAdmin(OfPeople):
    list_display = ("at", "user", "person", "field", "reason")
    list_select_related = ("user", "person")
    list_filter = ("field",)
    date_hierarchy = "at"


@admin.register(Consent)
class ConsentAdmin(OfPeople):
    list_display = ("person", "purpose", "given_by", "recorded_by", "given_at", "withdrawn_at")
    list_select_related = ("person", "given_by", "recorded_by")
    list_filter = ("purpose",)
    ordering = ("-given_at",)


def _end(tie: Guardianship, *, by: User, now: datetime) -> str:
    end_guardianship(guardianship_id=tie.pk, by=by, now=now)
    return _t("代办关系已结束，以前办的事都还在。")


@admin.register(Guardianship)
class GuardianshipAdmin(VerbAdmin, OfPeople):
    of = "ward"
    list_display = ("ward", "guardian", "kind", "relation", "confirmed_by", "since", "until")
    list_select_related = ("ward", "guardian", "confirmed_by")
    list_filter = ("kind",)
    ordering = ("-since",)
    verbs = (
        Verb(
            "end",
            _("结束代办关系"),
            _end,
            needs="people.change",
            confirm=_("结束后，代办人不能再替她/他报名和退课。"),
            style="danger",
            offered=lambda tie: tie.until is None,
        ),
    )


def _undo(merge: Merge, *, by: User, now: datetime) -> str:
    undo_merge(merge_id=merge.pk, by=by, now=now)
    return _t("合并已撤销，两份档案各归各的。")


@admin.register(Merge)
class MergeAdmin(VerbAdmin, OfPeople):
    of = "kept"
    see = "people.merge"
    list_display = ("at", "kept", "merged", "by", "undone_at")
    list_select_related = ("kept", "merged", "by")
    fields = ("kept", "merged", "by", "at", "undone_at")
    verbs = (
        Verb(
            "undo",
            _("撤销合并"),
            _undo,
            needs="people.merge",
            confirm=_("从被并入的那份搬过来的报名、通知和同意书会回到原处。"),
            offered=lambda merge: merge.undone_at is None,
        ),
    )
