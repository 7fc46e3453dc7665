"""Courses: the catalogue, class groups and their sessions, who sits in them, the registers read in."""

from courses.models.catalogue import ClassGroup, Course, Teacher, Term, WeeklySlot
from courses.models.enrolment import Attendance, Enrolment
from courses.models.register import RegisterImport, RegisterRow
from courses.models.session import Session, SkippedDate

__all__ = [
    "Attendance",
    "ClassGroup",
    "Course",
    "Enrolment",
    "RegisterImport",
    "RegisterRow",
    "Session",
    "SkippedDate",
    "Teacher",
    "Term",
    "WeeklySlot",
]
