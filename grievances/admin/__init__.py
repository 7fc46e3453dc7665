"""Django finds the back office here."""

import grievances.admin.categories
