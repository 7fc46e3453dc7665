"""Django finds the records here; callers name the module."""

import visits.models.books
import visits.models.callbacks
import visits.models.care
import visits.models.changes
import visits.models.register
import visits.models.tightening
import visits.models.visits
