-- A role for the application that cannot rewrite the ledger, whatever the application is made to do.
-- Run as the owner of the database after `manage.py migrate`, and again after each upgrade:
--     psql "$OWNER_URL" -c "CREATE ROLE linli_app LOGIN PASSWORD '...'"   (once)
--     psql "$OWNER_URL" -f deploy/roles.sql
-- then give web, worker and beat a DATABASE_URL with this role; migrations keep the owner's.
GRANT USAGE ON SCHEMA public TO linli_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO linli_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO linli_app;

-- History: read and added to. Locking a row needs the right to update one of its columns; the
-- triggers refuse the update itself.
REVOKE UPDATE, DELETE ON points_posting, points_leg, points_hold, points_holdend,
    points_policy, points_funding, points_stockintake, points_dayhash FROM linli_app;
GRANT UPDATE (key) ON points_hold TO linli_app;
GRANT MAINTAIN ON points_posting TO linli_app; -- LOCK TABLE, for closing a day

-- Counters: kept by the ledger's functions, which run with the owner's rights.
REVOKE INSERT, UPDATE, DELETE ON points_lot, points_holdlot, points_budgetpot FROM linli_app;
REVOKE UPDATE, DELETE ON points_account, points_gift FROM linli_app;
GRANT UPDATE (person_id) ON points_account TO linli_app;
GRANT UPDATE (center_id, name, about, points, on_offer) ON points_gift TO linli_app;

-- No table of its own making whose trigger could speak for the ledger's.
DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
