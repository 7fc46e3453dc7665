-- The chain of the journal, in plain SQL: a session may switch pgtrigger's guards off, these only the owner.
-- A line is numbered as its transaction commits, so the one row that is locked for that (journal_head)
-- is the last that a transaction takes, and is held for one INSERT's time.

CREATE TABLE journal_head (number bigint NOT NULL, digest text NOT NULL);
INSERT INTO journal_head VALUES (0, '');

CREATE FUNCTION journal_digest(previous text, line journal_entry) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(jsonb_build_array(previous, line.number, line.id, extract(epoch FROM line.at),
        line.kind, line.account, line.division_id, line.person, line.what, line.code)::text, 'UTF8')), 'hex')
$$;

CREATE FUNCTION journal_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    head journal_head;
    line journal_entry;
BEGIN
    SELECT * INTO head FROM journal_head FOR UPDATE;
    SELECT * INTO line FROM journal_entry WHERE id = NEW.id;
    line.number := head.number + 1;
    line.digest := journal_digest(head.digest, line);
    UPDATE journal_entry SET number = line.number, digest = line.digest WHERE id = NEW.id;
    UPDATE journal_head SET number = line.number, digest = line.digest;
    RETURN NULL;
END $$;

CREATE FUNCTION journal_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.number := NULL;
        NEW.digest := '';
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND pg_trigger_depth() > 1 AND OLD.number IS NULL THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_is_append_only', MESSAGE = TG_OP || ' on the journal is refused';
END $$;

CREATE TRIGGER journal_keep BEFORE INSERT OR UPDATE OR DELETE ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_keep();
CREATE TRIGGER journal_whole BEFORE TRUNCATE ON journal_entry FOR EACH STATEMENT EXECUTE FUNCTION journal_keep();
CREATE CONSTRAINT TRIGGER journal_chain AFTER INSERT ON journal_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION journal_chain();
