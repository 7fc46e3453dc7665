"""Django finds the back office here."""

import people.admin.accounts
import people.admin.logs
import people.admin.persons
