"""Django finds the back office here."""

import points.admin.ledger
import points.admin.points
