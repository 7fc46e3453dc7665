"""The demo city: invented people in communities as large and as busy as real ones.

Deterministic: the same seed on the same day makes the same rows. Terms lie around today, so that
there is always a class tonight. What people do goes through the verbs; what would make thousands
of rows is inserted in bulk and left for `manage.py audit` to judge.
"""

from portal.demo.build import ACCOUNTS, PASSWORD, Account, build, is_over, is_there

__all__ = ["ACCOUNTS", "PASSWORD", "Account", "build", "is_over", "is_there"]
