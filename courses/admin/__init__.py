"""Django finds the back office here."""

import courses.admin.catalogue
import courses.admin.classes
import courses.admin.enrolment
