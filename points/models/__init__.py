"""Django finds the records here; callers name the module."""

import points.models.certificates
import points.models.days
import points.models.gifts
import points.models.ledger
import points.models.policy
import points.models.redemptions
import points.models.transfers
import points.models.vouchers
