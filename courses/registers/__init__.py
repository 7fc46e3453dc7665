"""Reads a center's registers: a timetable or a roster, from the pages of a file to rows with their doubts.

Pure, like `common.sheets` below it. Nothing here decides; callers name the noun.
"""
