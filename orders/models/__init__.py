"""Django finds the records here; callers name the module."""

import orders.models.dispatch
import orders.models.market
import orders.models.orders
