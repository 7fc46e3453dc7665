"""Terms, courses, classes, dates and enrolments in the back office."""

from courses.admin import catalogue, classes, enrolment

__all__ = ["catalogue", "classes", "enrolment"]
