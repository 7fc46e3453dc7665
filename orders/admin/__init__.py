"""Django finds the back office here."""

import orders.admin.markets
import orders.admin.orders
