"""Upload, confirm, undo: a register is looked at before anything is written."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from centers.models import Division
from common.errors import DomainError, NotAllowed
from common.sheets.sheet import read_sheet
from courses.actions.registers import roster, timetable
from courses.actions.registers.common import Line, heading, street_for
from courses.actions.registers.places import lock_communities
from courses.actions.seats import lock_pool, offer_on
from courses.models.catalogue import ClassGroup, Term
from courses.models.register import RegisterImport, RegisterKind, RegisterRow, RowVerdict
from courses.rules import REGISTERS, EnrolBy, Party, RegisterMove, RegisterState
from people.authority import may_act
from people.models import User

IMPORTED = (RowVerdict.GOOD, RowVerdict.DOUBTFUL, RowVerdict.KNOWN)


class NotConfirmable(DomainError):
    code = "NOT_CONFIRMABLE"


@transaction.atomic
def upload_register(
    *,
    kind: RegisterKind,
    data: bytes,
    file_name: str,
    by: User,
    now: datetime,
    division: Division | None = None,
    term: Term | None = None,
) -> RegisterImport:
    """上传: reads a register and keeps what importing it would do, line by line, for somebody to look at.

    Nothing is imported yet. Without `division` or `term` the register's title must name them.
    Refuses NOT_ALLOWED, SheetRefused (what cannot be read as a register: .xls, a bomb, no
    header ...) and REGISTER_UNCLEAR.
    """
    sheet, today = read_sheet(data, file_name), timezone.localtime(now).date()
    if division is None:
        division = term.division if term else street_for(heading(sheet))
    if not may_act(by=by, verb="courses.import", row=division):
        raise NotAllowed(message=_("这个街道不在您负责的范围内。"))
    if kind == RegisterKind.TIMETABLE:
        found, lines, notes = timetable.look(sheet, division, by)
    else:
        (found, lines), notes = roster.look(sheet, division, today, term), []
    register = RegisterImport.objects.create(
        kind=kind, division=division, term=found, file_name=file_name[-120:], by=by, at=now, notes=notes
    )
    RegisterRow.objects.bulk_create([_row(register, line) for line in lines])
    return register


def _row(register: RegisterImport, line: Line) -> RegisterRow:
    return RegisterRow(
        register=register,
        line=line.line,
        label=line.label[:60],
        verdict=line.verdict,
        doubts=line.doubts,
        raw=json.dumps(line.raw or {}, ensure_ascii=False),
    )


@transaction.atomic
def confirm_register(*, register_id: int, by: User, now: datetime) -> RegisterImport:
    """确认: imports what the preview showed, all in one commit. Twice changes nothing.

    A line that has become impossible since (a room taken, a class full) says so and is left out or
    waits; the other lines go in. Refuses NOT_ALLOWED, and NOT_CONFIRMABLE once undone, or where
    another register of the term went in after this one was looked at: it may have brought the very
    people whom this one still takes for new.
    """
    register = _locked(register_id, by)
    if register.state == RegisterState.CONFIRMED:
        return register
    found = REGISTERS.next(register.state, RegisterMove.CONFIRM, {Party.STAFF})
    if found is None:
        raise NotConfirmable(message=_("这次导入已经撤销，请重新上传。"))
    _lock_classes(register)
    if _was_overtaken(register):
        raise NotConfirmable(message=_("您上传之后，这个学期又导入了别的名册，请重新上传，再看一遍。"))
    read = [(row, json.loads(row.raw)) for row in register.rows.filter(verdict__in=IMPORTED)]
    # Lines that carry something to import: a class known already carries nothing.
    rows = [(row, said) for row, said in read if said]
    done = _module(register).confirm(register, rows, by, now)
    RegisterRow.objects.bulk_update(list(done), ["made", "doubts", "verdict"])
    register.state, register.confirmed_at = found[0].to, now
    register.save(update_fields=["state", "confirmed_at", "notes"])
    return register


def _module(register: RegisterImport) -> Any:
    return timetable if register.kind == RegisterKind.TIMETABLE else roster


@transaction.atomic
def undo_register(*, register_id: int, by: User, now: datetime) -> RegisterImport:
    """撤销: takes back what a confirmed import made; what has been used since stays and says so.

    Seats freed by it are offered to the line. Twice changes nothing. Refuses NOT_ALLOWED.
    """
    lock_communities(RegisterRow.objects.filter(register=register_id, made__has_key="division"))
    register = _locked(register_id, by)
    ways = [REGISTERS.step(register.state, move) for move in (RegisterMove.UNDO, RegisterMove.DISCARD)]
    step = next(filter(None, ways), None)
    if step is None:
        return register
    _lock_classes(register)
    stays = _module(register).undo(list(register.rows.exclude(made={})))
    for row, why in stays:
        row.doubts.append(why)
    RegisterRow.objects.bulk_update([row for row, _why in stays], ["doubts"])
    _offer_freed_seats(register, now)
    register.state, register.undone_at = step.to, now
    register.save(update_fields=["state", "undone_at"])
    return register


def _was_overtaken(register: RegisterImport) -> bool:
    """Whether what the preview said about who is new and what is known may no longer hold."""
    others = RegisterImport.objects.filter(kind=register.kind, term=register.term).exclude(pk=register.pk)
    return others.filter(state=RegisterState.CONFIRMED, confirmed_at__gt=register.at).exists()


def _lock_classes(register: RegisterImport) -> None:
    """The term, then its classes in ascending id, before any seat in them (docs/locking.md)."""
    if register.term is not None:
        Term.objects.select_for_update(no_key=True).get(pk=register.term.pk)
    if register.kind == RegisterKind.ROSTER and register.term is not None:
        ids = list(register.term.classes.values_list("pk", flat=True))
        list(ClassGroup.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True))


def _offer_freed_seats(register: RegisterImport, now: datetime) -> None:
    if register.kind != RegisterKind.ROSTER:
        return
    whole = register.term.classes.filter(enrol_by=EnrolBy.CLASS) if register.term else []
    for class_id in sorted(group.pk for group in whole):
        class_group, pool = lock_pool(class_id, None)
        offer_on(class_group, pool, now)


def _locked(register_id: int, by: User) -> RegisterImport:
    register = (
        RegisterImport.objects.select_for_update(no_key=True, of=("self",))
        .select_related("division", "term")
        .filter(pk=register_id)
        .first()
    )
    if register is None or not may_act(by=by, verb="courses.import", row=register.division):
        raise NotAllowed(message=_("没有找到这次导入，或者它不在您负责的范围内。"))
    return register
