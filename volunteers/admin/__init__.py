"""Django finds the back office here."""

import volunteers.admin.partners
import volunteers.admin.records
import volunteers.admin.roll
import volunteers.admin.shifts
