-- As in ledger.sql, and: hours and points follow a record with enough evidence, whoever approved it
-- and however. pgtrigger's guard of records can be switched off by a session, this one cannot.
CREATE OR REPLACE FUNCTION ledger_posting() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    NEW.txid := pg_current_xact_id()::text::bigint;
    NEW.sealed_at := transaction_timestamp();
    IF EXISTS (SELECT 1 FROM points_dayhash
               WHERE day >= (NEW.sealed_at AT TIME ZONE 'Asia/Shanghai')::date) THEN
        PERFORM ledger_refuse('day_is_closed', 'the ledger of this day is closed');
    END IF;
    IF NEW.kind = 'EARN' THEN
        IF NOT EXISTS (SELECT 1 FROM volunteers_servicerecord WHERE id = NEW.record_id AND state = 'APPROVED') THEN
            PERFORM ledger_refuse('no_point_without_proof', 'hours and points follow an approved service record');
        END IF;
        IF NOT volunteers_enough_evidence(NEW.record_id) THEN
            PERFORM ledger_refuse('no_point_without_proof', 'hours and points follow two kinds of evidence, one of them independent');
        END IF;
    END IF;
    RETURN NEW;
END $$;
