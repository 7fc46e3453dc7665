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
REVOKE UPDATE, DELETE ON volunteers_posting, volunteers_leg, volunteers_hold, volunteers_holdend,
    volunteers_policy, volunteers_funding, volunteers_stockintake, volunteers_dayhash FROM linli_app;
GRANT UPDATE (key) ON volunteers_hold TO linli_app;
GRANT MAINTAIN ON volunteers_posting TO linli_app; -- LOCK TABLE, for closing a day

-- Counters: kept by the ledger's functions, which run with the owner's rights.
REVOKE INSERT, UPDATE, DELETE ON volunteers_lot, volunteers_holdlot, volunteers_budgetpot FROM linli_app;
REVOKE UPDATE, DELETE ON volunteers_account, volunteers_gift FROM linli_app;
GRANT UPDATE (person_id) ON volunteers_account TO linli_app;
GRANT UPDATE (center_id, name, about, points, on_offer) ON volunteers_gift TO linli_app;

-- No table of its own making whose trigger could speak for the ledger's.
DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
