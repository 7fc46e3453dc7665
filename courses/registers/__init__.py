"""Reads a center's registers: a timetable or a roster, from a file's bytes to rows with their doubts.

Pure: no database, no settings, no clock. Nothing here decides; what is not certain becomes a
`Doubt`, one Chinese sentence for the person who looks at the preview.
"""

from courses.registers.classes import ClassMatch, class_doubt, class_key, find_class, match_class
from courses.registers.notes import Doubt, RegisterRefused, Skipped
from courses.registers.people import PersonGroup, Verdict, group_people, same_person
from courses.registers.roster import Roster, RosterRow, read_roster
from courses.registers.sheet import Sheet, read_sheet
from courses.registers.slots import Slot
from courses.registers.timetable import Timetable, TimetableRow, read_timetable

__all__ = [
    "ClassMatch",
    "Doubt",
    "PersonGroup",
    "RegisterRefused",
    "Roster",
    "RosterRow",
    "Sheet",
    "Skipped",
    "Slot",
    "Timetable",
    "TimetableRow",
    "Verdict",
    "class_doubt",
    "class_key",
    "find_class",
    "group_people",
    "match_class",
    "read_roster",
    "read_sheet",
    "read_timetable",
    "same_person",
]
