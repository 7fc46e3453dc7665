"""Household books of three doors, what the register holds after them, and what is wrong with it."""

import json

from common import audit
from people.models import Person
from visits.actions.books import lifecycle
from visits.models.register import Building, Household, Residence

WANG = [
    ("王建国", "户主", "男", "1951-03-02", None, "13800000001", "王芳 13900000001", "1998.5", None),
    ("李桂花", "妻", "女", "1949-12-31", None, None, None, None, "爱唱戏"),
]
ZHAO = [("赵秀英", "户主", "女", "1946", None, None, None, None, None)]
SUN = [
    ("孙大海", "户主", "男", None, None, None, None, None, None),
    ("周翠花", "老伴", "女", None, None, None, None, None, None),
]
HOMES = [("3号楼2单元501", WANG), ("三号楼二单元5楼东户", ZHAO), ("南院平房第二排3号", SUN)]


def undone(book, by):
    lifecycle.undo_book(book_id=book.pk, **by)
    lifecycle.work_on_books(now=by["now"])
    book.refresh_from_db()
    return book


def fates(book):
    return [row.fate for row in book.rows.all()]


def said(book):
    return [json.loads(row.said) for row in book.rows.all()]


def doubts(book):
    return " ".join(words for one in said(book) for words in one["doubts"])


def everything():
    """What the register holds, as a book may change it."""
    return (
        sorted(Building.objects.values_list("grid", "name", "walked")),
        sorted(Household.objects.values_list("building__name", "unit", "room", "door_key")),
        sorted(Residence.objects.values_list("household", "person", "relation", "since", "until")),
        sorted(Person.objects.values_list("pk", "full_name", "home")),
    )


def faults(now):
    ours = ("台账", "走访", "关心")
    return {
        one.name: found
        for one in audit.checks()
        if one.name.startswith(ours) and (found := list(one.find(now)))
    }


def lives(name):
    return Residence.objects.now().get(person__full_name=name)
