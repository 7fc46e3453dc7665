"""Django finds the back office here."""

import grievances.admin.bodies
import grievances.admin.categories
