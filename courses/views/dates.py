"""One session: who came, calling it off, moving it."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.forms import ReasonForm
from common.letters import when
from common.pages import ask
from courses.actions.attendance import mark_attendance
from courses.actions.sessions import cancel_session, move_session
from courses.forms import AttendanceForm, MoveSessionForm
from courses.models.enrolment import Enrolment
from courses.models.session import Session
from courses.rules import EnrolBy, EnrolmentState
from courses.views.sight import powers, the_session
from people.doors import allow, signed_in, work_page


def learners(session: Session) -> QuerySet[Enrolment]:
    """Who is expected at a session, and who was marked there and has left since."""
    scope = Enrolment.objects.filter(class_group=session.class_group)
    if session.class_group.enrol_by == EnrolBy.SESSION:
        scope = scope.filter(session=session)
    here = scope.filter(state__in=[EnrolmentState.SEATED, EnrolmentState.COMPLETED])
    marked = scope.filter(attendances__session=session)
    return (here | marked).distinct().select_related("person").order_by("position", "pk")


@work_page
def session(request: HttpRequest, session_id: int) -> HttpResponse:
    """考勤: a radio per learner; one button marks everybody who is not marked yet as present."""
    user, now = signed_in(request), timezone.now()
    found = the_session(user, session_id)
    can = powers(user, found.class_group)
    form = AttendanceForm(
        request.POST if request.method == "POST" else None,
        expected=list(learners(found)),
        known=dict(found.attendances.values_list("enrolment_id", "mark")),
    )

    def act() -> str:
        done = mark_attendance(session_id=session_id, marks=form.marks(), by=user, now=now)
        return ngettext("已记 %(n)s 人。", "已记 %(n)s 人。", len(done)) % {"n": len(done)}

    def show(*, status: int) -> HttpResponse:
        context = {
            "session": found,
            "group": found.class_group,
            "form": form,
            "can": can,
            "begun": found.starts_at <= now,
        }
        return render(request, "courses/staff/session.html", context, status=status)

    return ask(request, form, act, back=reverse("courses:staff_session", args=[session_id]), show=show)


@work_page
def cancel(request: HttpRequest, session_id: int) -> HttpResponse:
    """停这次课."""
    user = signed_in(request)
    found = the_session(user, session_id)
    allow(powers(user, found.class_group).change)
    form = ReasonForm(request.POST or None)

    def act() -> str:
        cancel_session(session_id=session_id, by=user, now=timezone.now(), **form.cleaned_data)
        return _("%(when)s的课已停，学员会收到通知。") % {"when": when(found.starts_at)}

    return ask(
        request,
        form,
        act=act,
        back=reverse("courses:staff_class", args=[found.class_group_id]),
        back_label=found.class_group.name,
        title=_("停 %(when)s 的课") % {"when": when(found.starts_at)},
        intro=_("已入班的人马上收到通知；没有账号的会排进电话名单。"),
        button=_("停这次课"),
    )


@work_page
def move(request: HttpRequest, session_id: int) -> HttpResponse:
    """改期."""
    user = signed_in(request)
    found = the_session(user, session_id)
    allow(powers(user, found.class_group).change)
    form = MoveSessionForm(request.POST or None, session=found)

    def act() -> str:
        moved = move_session(session_id=session_id, by=user, now=timezone.now(), **form.answers())
        return _("已改到 %(when)s，学员会收到通知。") % {"when": when(moved.starts_at)}

    return ask(
        request,
        form,
        act=act,
        back=reverse("courses:staff_class", args=[found.class_group_id]),
        back_label=found.class_group.name,
        title=_("%(when)s 的课改期") % {"when": when(found.starts_at)},
        intro=_("已入班的人马上收到通知；没有账号的会排进电话名单。"),
        button=_("改期"),
    )
