-- Whether points may follow a record of service: two kinds of evidence, one of them not the recorder's
-- own word. The same as `enough_evidence` in volunteers/rules/service.py; a test compares them for
-- every set of kinds. Asked by the guard of records and by the ledger's guard of postings.
CREATE FUNCTION volunteers_enough_evidence(of_record bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT count(DISTINCT kind) >= 2
        AND coalesce(bool_or(kind IN ('QR', 'KIOSK', 'RECIPIENT', 'CALLBACK', 'SESSION', 'ORDER')), false)
    FROM volunteers_evidence WHERE record_id = of_record
$$;
