"""Django finds the records here; callers name the module."""

import grievances.models.bodies
import grievances.models.categories
import grievances.models.commitments
import grievances.models.history
import grievances.models.meetings
import grievances.models.pictures
import grievances.models.referrals
import grievances.models.tickets
