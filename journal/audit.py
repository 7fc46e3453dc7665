"""Whether the journal is whole."""

from common.audit import sql_check

# Each line covers the one before; the head tells how many there are, so that the last cannot go either.
sql_check(
    "日志：每一行都接着前一行，没有少、没有改",
    """
    WITH chained AS (
        SELECT e, lag(number, 1, 0::bigint) OVER (ORDER BY number) AS before,
            lag(digest, 1, '') OVER (ORDER BY number) AS previous
        FROM journal_entry e WHERE number IS NOT NULL
    )
    SELECT 'line', (e).number FROM chained
    WHERE (e).number <> before + 1 OR (e).digest <> journal_digest(previous, e)
    UNION ALL
    SELECT 'head', h.number FROM journal_head h LEFT JOIN journal_entry last ON last.number = h.number
    WHERE (h.number > 0 AND last.digest IS DISTINCT FROM h.digest)
        OR EXISTS (SELECT FROM journal_entry WHERE number > h.number)
    UNION ALL
    SELECT 'unchained', id FROM journal_entry WHERE number IS NULL AND at < %(now)s - interval '1 hour'
    """,
)
