"""Django finds the records here; callers name the module."""

import volunteers.models.kiosks
import volunteers.models.partners
import volunteers.models.roll
import volunteers.models.service
import volunteers.models.shifts
import volunteers.models.signups
