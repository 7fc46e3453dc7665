"""Django finds the records here; callers name the module."""

import visits.models.books
import visits.models.care
import visits.models.changes
import visits.models.register
import visits.models.visits
