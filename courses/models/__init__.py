"""Django finds the records here; callers name the module."""

import courses.models.catalogue
import courses.models.enrolment
import courses.models.register
import courses.models.session
