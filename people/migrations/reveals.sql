-- Whichever verb shows a whole number writes a look down for the resident; the auditor's journal gets a
-- line with it, in the same transaction.
CREATE FUNCTION people_reveal_noted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO journal_entry (at, kind, account, division_id, person, what, code, digest)
    SELECT NEW.at, 'REVEALED', NEW.user_id, home_id, id, NEW.field, '', '' FROM people_person WHERE id = NEW.person_id;
    RETURN NULL;
END $$;

CREATE TRIGGER people_reveal_noted AFTER INSERT ON people_reveallog FOR EACH ROW EXECUTE FUNCTION people_reveal_noted();
