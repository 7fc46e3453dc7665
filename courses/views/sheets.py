"""Paper and files of a class: the sign-in sheet, the attendance table, the export."""

from __future__ import annotations

from functools import partial
from io import BytesIO
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from common.pages import ask, number
from courses.actions.rosters import reveal_roster
from courses.forms import RevealForm
from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Attendance, Enrolment
from courses.parts import cards
from courses.rules import EnrolBy, Mark, SessionState
from courses.views.dates import learners
from courses.views.sight import powers, the_class
from people.doors import allow, signed_in, work_page, work_post

ROWS_A_SHEET = 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@work_page
def sign_in(request: HttpRequest, class_id: int) -> HttpResponse:
    """签到表: A4, twenty lines a page, a column to sign in; the last page is filled with blanks."""
    user = signed_in(request)
    group = the_class(user, class_id)
    sessions = group.sessions.live().order_by("starts_at").select_related("room", "class_group")
    asked = number(request.GET.get("session"))
    chosen = sessions.filter(pk=asked).first() if asked else sessions.coming(timezone.now()).first()
    people = list(learners(chosen) if chosen else group.enrolments.seated().select_related("person"))
    rows: list[Enrolment | None] = [
        *people,
        *[None] * (-len(people) % ROWS_A_SHEET or ROWS_A_SHEET * (not people)),
    ]
    pages = [rows[at : at + ROWS_A_SHEET] for at in range(0, len(rows), ROWS_A_SHEET)]
    context = {
        "group": group,
        "session": chosen,
        "sessions": sessions,
        "pages": [{"first": n * ROWS_A_SHEET, "rows": page} for n, page in enumerate(pages)],
        "count": len(people),
        "place": cards.place(group),
        "teacher": cards.teacher(group),
    }
    return render(request, "courses/staff/sheet.html", context)


@work_page
def attendance(request: HttpRequest, class_id: int) -> HttpResponse:
    """考勤表: learners by sessions, who came when."""
    user = signed_in(request)
    group = the_class(user, class_id)
    held = list(group.sessions.filter(state=SessionState.HELD).order_by("starts_at"))
    marks = dict[tuple[int, int], str]()
    rows = Attendance.objects.filter(session__in=held)
    for session_id, enrolment_id, mark in rows.values_list("session_id", "enrolment_id", "mark"):
        marks[enrolment_id, session_id] = mark
    words = dict(Mark.choices)
    enrolled = [one for one in group.enrolments.for_roster() if one.state == "SEATED" or one.marked]
    table = [
        {
            "enrolment": one,
            "cells": [
                {"mark": mark, "word": words.get(mark, "")}
                for mark in (marks.get((one.pk, session.pk), "") for session in held)
            ],
        }
        for one in enrolled
    ]
    context = {"group": group, "sessions": held, "table": table, "can": powers(user, group)}
    return render(request, "courses/staff/attendance.html", context)


@work_page
def export(request: HttpRequest, class_id: int) -> HttpResponse:
    """导出: XLSX with masked phones."""
    user = signed_in(request)
    group = the_class(user, class_id)
    allow(powers(user, group).see)
    if request.method == "POST":
        return _file(group, full=False)
    return _export_page(request, group, RevealForm())


@work_post
def export_full(request: HttpRequest, class_id: int) -> HttpResponse:
    """导出完整电话: XLSX, for a reason that every learner can read."""
    user, form = signed_in(request), RevealForm(request.POST)
    group = the_class(user, class_id)
    allow(powers(user, group).see)

    def act() -> HttpResponse:
        reveal_roster(class_id=class_id, by=user, now=timezone.now(), **form.cleaned_data)
        return _file(group, full=True)

    back = reverse("courses:staff_export", args=[class_id])
    return ask(request, form, act, back=back, show=partial(_export_page, request, group, form))


def _export_page(
    request: HttpRequest, group: ClassGroup, form: RevealForm, *, status: int = 200
) -> HttpResponse:
    context = {"group": group, "can": powers(signed_in(request), group), "form": form}
    return render(request, "courses/staff/export.html", context, status=status)


def _file(group: ClassGroup, *, full: bool) -> HttpResponse:
    book = Workbook()
    sheet = book.active
    sheet.title = _("花名册")
    for line in _lines(group, full=full):
        sheet.append(line)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a name that begins with "=" is no formula
    for column, width in enumerate((6, 14, 6, 8, 18, 10, 14, 10, 12), start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
    stream = BytesIO()
    book.save(stream)
    name = f"{group.name}-{timezone.localdate():%Y%m%d}.xlsx"
    headers = {
        "Content-Disposition": content_disposition_header(True, name) or "attachment",  # noqa: FBT003
        "Cache-Control": "no-store",
    }
    return HttpResponse(stream.getvalue(), content_type=XLSX, headers=headers)


def _lines(group: ClassGroup, *, full: bool) -> list[list[Any]]:
    today = timezone.localdate()
    head = [
        _("序号"),
        _("姓名"),
        _("性别"),
        _("年龄"),
        _("电话"),
        _("状态"),
        _("报名日期"),
        _("渠道"),
        _("到课"),
    ]
    by_session = group.enrol_by == EnrolBy.SESSION
    lines: list[list[Any]] = [[*head, _("课次")] if by_session else head]
    for count, one in enumerate(group.enrolments.for_roster().select_related("person", "session"), start=1):
        person = one.person
        line = [
            count,
            person.full_name,
            person.get_sex_display(),
            person.age_on(today),
            person.phone if full else person.phone_masked,
            one.get_state_display(),
            timezone.localdate(one.created_at),
            one.get_channel_display(),
            f"{one.came}/{one.marked}",
        ]
        lines.append([*line, one.session.number if one.session else ""] if by_session else line)
    return lines
