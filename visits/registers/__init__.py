"""Readers of household books kept by hand (居民信息台账): pure, they know no records.

Their cells, sheets, births and phones are read by `common.sheets`, `common.births` and `common.phones`.
"""
