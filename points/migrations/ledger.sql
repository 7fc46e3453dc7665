-- The ledger's own guards. They are plain SQL and not pgtrigger's, because a session may switch
-- pgtrigger's off with one SET; these only the owner of the tables can drop, and `manage.py audit`
-- tells when they are not as this release installs them. Functions run with the owner's rights, so that the application's
-- role needs no UPDATE on anything here (config/rights.py).

CREATE FUNCTION ledger_refuse(rule text, said text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = rule, MESSAGE = said;
END $$;

-- History: rows are added, never changed, never taken away.
CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ledger_refuse('ledger_is_append_only', TG_OP || ' on ' || TG_TABLE_NAME || ' is refused: correct by a new posting');
    RETURN NULL;
END $$;

-- Counters: written by the triggers below and by nobody else.
CREATE FUNCTION ledger_counters_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        PERFORM ledger_refuse('counters_are_kept_by_triggers', TG_OP || ' on ' || TG_TABLE_NAME || ' is refused: post instead');
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

-- An account is opened empty; afterwards only its person may change (two records of one human
-- being are merged), its balance only through legs and holds.
CREATE FUNCTION ledger_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.posted := 0;
        NEW.held := 0;
    ELSIF pg_trigger_depth() < 2
        AND (NEW.id, NEW.unit, NEW.kind, NEW.budget_id, NEW.shop_id, NEW.division_id, NEW.posted, NEW.held)
        IS DISTINCT FROM (OLD.id, OLD.unit, OLD.kind, OLD.budget_id, OLD.shop_id, OLD.division_id, OLD.posted, OLD.held)
    THEN
        PERFORM ledger_refuse('counters_are_kept_by_triggers', 'the balance of an account follows from its legs');
    END IF;
    RETURN NEW;
END $$;

-- The seal: a posting belongs to the database transaction that wrote it. Transaction numbers start
-- anew after dump and restore, so the moment of the transaction must fit as well.
CREATE FUNCTION ledger_posting() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    NEW.txid := pg_current_xact_id()::text::bigint;
    NEW.sealed_at := transaction_timestamp();
    IF EXISTS (SELECT 1 FROM points_dayhash
               WHERE day >= (NEW.sealed_at AT TIME ZONE 'Asia/Shanghai')::date) THEN
        PERFORM ledger_refuse('day_is_closed', 'the ledger of this day is closed');
    END IF;
    IF NEW.kind = 'EARN' AND NOT EXISTS (
        SELECT 1 FROM volunteers_servicerecord WHERE id = NEW.record_id AND state = 'APPROVED') THEN
        PERFORM ledger_refuse('no_point_without_proof', 'hours and points follow an approved service record');
    END IF;
    RETURN NEW;
END $$;

-- Takes `need` points of cover from a budget. Its cover lies in several pots, so that many may
-- issue at once; only when no free pot has enough are all locked, and what is left spread anew.
CREATE FUNCTION ledger_take_cover(of_budget bigint, need bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    pot bigint;
    pots bigint;
    cover bigint;
BEGIN
    -- In a block of its own: a pot that turned out too small after waiting for its row stays locked,
    -- and must not be held while all are locked in order below. Leaving by the error lets go of it.
    BEGIN
        SELECT id INTO pot FROM points_budgetpot
        WHERE budget_id = of_budget AND funded - issued >= need
        ORDER BY random() LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'LB001';
        END IF;
        UPDATE points_budgetpot SET issued = issued + need WHERE id = pot;
        RETURN;
    EXCEPTION WHEN SQLSTATE 'LB001' THEN
        NULL;
    END;
    PERFORM 1 FROM points_budgetpot WHERE budget_id = of_budget ORDER BY id FOR NO KEY UPDATE;
    SELECT count(*), coalesce(sum(funded - issued), 0), min(id) INTO pots, cover, pot
    FROM points_budgetpot WHERE budget_id = of_budget;
    IF cover < need THEN
        PERFORM ledger_refuse('issued_within_budget', 'no point without cover');
    END IF;
    cover := cover - need;
    UPDATE points_budgetpot SET
        funded = issued + cover / pots + CASE WHEN id = pot THEN cover % pots + need ELSE 0 END,
        issued = issued + CASE WHEN id = pot THEN need ELSE 0 END
    WHERE budget_id = of_budget;
END $$;

-- Gives cover back: a reversed posting was never issued.
CREATE FUNCTION ledger_give_cover(of_budget bigint, back bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    pot record;
BEGIN
    FOR pot IN SELECT id, issued FROM points_budgetpot WHERE budget_id = of_budget ORDER BY id FOR NO KEY UPDATE LOOP
        UPDATE points_budgetpot SET issued = issued - least(pot.issued, back) WHERE id = pot.id;
        back := back - least(pot.issued, back);
    END LOOP;
    IF back > 0 THEN
        PERFORM ledger_refuse('issued_within_budget', 'more would come back than was issued');
    END IF;
END $$;

-- Takes points out of an account's lots, those that expire first before the others. What has
-- expired already is left for the pass that expires it, unless `stale` lots are wanted too.
CREATE FUNCTION ledger_use_lots(of_account bigint, need bigint, on_day date, stale boolean, for_hold bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    lot record;
    take bigint;
BEGIN
    FOR lot IN
        SELECT id, "left" FROM points_lot
        WHERE account_id = of_account AND "left" > 0 AND (stale OR expires_on IS NULL OR expires_on >= on_day)
        ORDER BY expires_on ASC NULLS LAST, id
    LOOP
        EXIT WHEN need = 0;
        take := least(lot."left", need);
        UPDATE points_lot SET "left" = "left" - take WHERE id = lot.id;
        IF for_hold IS NOT NULL THEN
            INSERT INTO points_holdlot (hold_id, lot_id, amount) VALUES (for_hold, lot.id, take);
        END IF;
        need := need - take;
    END LOOP;
    IF need > 0 THEN
        PERFORM ledger_refuse('account_not_overdrawn', 'not enough points that are still good');
    END IF;
END $$;

-- One leg: checks the seal and what may flow where, keeps balances, lots and cover.
CREATE FUNCTION ledger_leg() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    told record;
    acc record;
    committed bigint;
BEGIN
    SELECT kind, txid, sealed_at, (at AT TIME ZONE 'Asia/Shanghai')::date AS day INTO told
    FROM points_posting WHERE id = NEW.posting_id;
    IF told.txid IS DISTINCT FROM pg_current_xact_id()::text::bigint
       OR told.sealed_at IS DISTINCT FROM transaction_timestamp() THEN
        PERFORM ledger_refuse('posting_is_sealed', 'no leg is added to a posting of another transaction');
    END IF;
    SELECT unit, kind, budget_id INTO acc FROM points_account WHERE id = NEW.account_id;
    IF NOT FOUND THEN
        PERFORM ledger_refuse('leg_of_an_account', 'there is no such account');
    END IF;
    IF acc.kind = 'BUDGET' THEN
        IF NEW.amount > 0 THEN
            IF told.kind <> 'REVERSAL' THEN
                PERFORM ledger_refuse('points_flow_one_way', 'points return to a budget only by a reversal');
            END IF;
            PERFORM ledger_give_cover(acc.budget_id, NEW.amount);
        ELSE
            IF told.kind NOT IN ('EARN', 'OPENING') THEN
                PERFORM ledger_refuse('no_point_without_proof', 'points are issued for service, or carried over from a paper passbook');
            END IF;
            PERFORM ledger_take_cover(acc.budget_id, -NEW.amount);
        END IF;
        RETURN NEW;
    END IF;
    IF acc.kind = 'SERVICE' THEN
        RETURN NEW;
    END IF;
    IF acc.kind IN ('SHOP', 'REDEEMED', 'EXPIRED') THEN
        IF NEW.amount < 0 AND told.kind <> 'REVERSAL' THEN
            PERFORM ledger_refuse('points_flow_one_way', 'what was spent or has expired is not spent again');
        END IF;
        RETURN NEW;
    END IF;
    IF acc.unit = 'HOURS' AND NEW.amount < 0 AND told.kind <> 'REVERSAL' THEN
        PERFORM ledger_refuse('hours_are_never_spent', 'hours are a record of what was done');
    END IF;
    IF acc.kind = 'PERSON' AND acc.unit = 'POINTS' AND told.kind = 'REDEEM' THEN
        SELECT h.amount INTO committed FROM points_holdend e JOIN points_hold h ON h.id = e.hold_id
        WHERE e.posting_id = NEW.posting_id AND h.account_id = NEW.account_id;
        IF FOUND THEN
            IF committed <> -NEW.amount THEN
                PERFORM ledger_refuse('hold_is_committed_whole', 'a hold is committed as it was made');
            END IF;
            UPDATE points_account SET posted = posted + NEW.amount, held = held - committed
            WHERE id = NEW.account_id RETURNING posted INTO NEW.balance;
            NEW.id := nextval('points_leg_id_seq');
            RETURN NEW;
        END IF;
    END IF;
    UPDATE points_account SET posted = posted + NEW.amount
    WHERE id = NEW.account_id RETURNING posted INTO NEW.balance;
    -- Numbered anew under the account's lock: the lines of a passbook are in the order of its balance.
    NEW.id := nextval('points_leg_id_seq');
    IF acc.kind = 'PERSON' AND acc.unit = 'POINTS' THEN
        IF NEW.amount > 0 THEN
            INSERT INTO points_lot (account_id, leg_id, amount, "left", expires_on)
            VALUES (NEW.account_id, NEW.id, NEW.amount, NEW.amount, NEW.expires_on);
        ELSE
            PERFORM ledger_use_lots(NEW.account_id, -NEW.amount, told.day, told.kind IN ('EXPIRE', 'REVERSAL'), NULL);
        END IF;
    END IF;
    RETURN NEW;
END $$;

-- At commit each unit of a posting sums to nothing; as no leg is nothing, it then has two at least.
-- Every leg asks, because SET CONSTRAINTS ALL IMMEDIATE in the middle of a transaction would leave
-- later legs unasked; but where a later leg waits to ask, the earlier one need not.
CREATE FUNCTION ledger_leg_balance() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    hours bigint;
    points bigint;
BEGIN
    IF EXISTS (SELECT 1 FROM points_leg WHERE posting_id = NEW.posting_id AND id > NEW.id) THEN
        RETURN NULL;
    END IF;
    SELECT sum(l.amount) FILTER (WHERE a.unit = 'HOURS'), sum(l.amount) FILTER (WHERE a.unit = 'POINTS')
    INTO hours, points
    FROM points_leg l JOIN points_account a ON a.id = l.account_id WHERE l.posting_id = NEW.posting_id;
    IF coalesce(hours, 0) <> 0 OR coalesce(points, 0) <> 0 THEN
        PERFORM ledger_refuse('posting_is_balanced', 'posting ' || NEW.posting_id || ' does not balance');
    END IF;
    RETURN NULL;
END $$;

-- A posting has legs, and an earning posts what its record says to whom it says.
CREATE FUNCTION ledger_posting_balance() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM points_leg WHERE posting_id = NEW.id) THEN
        PERFORM ledger_refuse('posting_is_balanced', 'posting ' || NEW.id || ' has no legs');
    END IF;
    IF NEW.kind = 'EARN' AND NOT EXISTS (
        SELECT 1 FROM volunteers_servicerecord r JOIN volunteers_volunteer v ON v.id = r.volunteer_id
        JOIN points_account a ON a.person_id = v.person_id AND a.unit = 'HOURS' AND a.kind = 'PERSON'
        JOIN points_leg l ON l.account_id = a.id AND l.posting_id = NEW.id AND l.amount = r.minutes
        WHERE r.id = NEW.record_id) THEN
        PERFORM ledger_refuse('no_point_without_proof', 'an earning posts the minutes of its record to its volunteer');
    END IF;
    RETURN NULL;
END $$;

-- A committed hold is paid from its own account, whole.
CREATE FUNCTION ledger_hold_paid() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.posting_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM points_hold h JOIN points_leg l ON l.account_id = h.account_id
        JOIN points_posting p ON p.id = l.posting_id AND p.kind = 'REDEEM'
        WHERE h.id = NEW.hold_id AND l.posting_id = NEW.posting_id AND l.amount = -h.amount) THEN
        PERFORM ledger_refuse('hold_is_committed_whole', 'a committed hold is paid from its own account');
    END IF;
    RETURN NULL;
END $$;

-- A hold sets points and a gift aside together. Lock order: gift, account, lots.
CREATE FUNCTION ledger_hold() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    acc record;
BEGIN
    IF NEW.gift_id IS NOT NULL THEN
        UPDATE points_gift SET reserved = reserved + 1 WHERE id = NEW.gift_id;
    END IF;
    UPDATE points_account SET held = held + NEW.amount WHERE id = NEW.account_id
    RETURNING unit, kind, person_id INTO acc;
    IF acc.kind <> 'PERSON' OR acc.unit <> 'POINTS' THEN
        PERFORM ledger_refuse('hold_of_a_person', 'only the points of a person are held');
    END IF;
    IF EXISTS (SELECT 1 FROM points_account
               WHERE kind = 'DEBT' AND person_id = acc.person_id AND posted < 0) THEN
        PERFORM ledger_refuse('debt_blocks_spending', 'points owed are earned first');
    END IF;
    PERFORM ledger_use_lots(NEW.account_id, NEW.amount, (NEW.at AT TIME ZONE 'Asia/Shanghai')::date, false, NEW.id);
    RETURN NULL;
END $$;

-- A hold ends once (its key is the hold). Released points go back where they came from; a lot that
-- expired meanwhile gets thirty days of grace. Committed ones leave with the posting's leg.
CREATE FUNCTION ledger_hold_end() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    h record;
BEGIN
    SELECT gift_id, account_id, amount INTO h FROM points_hold WHERE id = NEW.hold_id;
    IF h.gift_id IS NOT NULL THEN
        UPDATE points_gift SET reserved = reserved - 1,
            handed = handed + (NEW.outcome = 'COMMITTED')::int WHERE id = h.gift_id;
    END IF;
    IF NEW.outcome <> 'COMMITTED' THEN
        UPDATE points_account SET held = held - h.amount WHERE id = h.account_id;
        UPDATE points_lot l SET "left" = l."left" + u.amount,
            expires_on = CASE WHEN l.expires_on < (NEW.at AT TIME ZONE 'Asia/Shanghai')::date
                              THEN (NEW.at AT TIME ZONE 'Asia/Shanghai')::date + 30 ELSE l.expires_on END
        FROM points_holdlot u WHERE u.hold_id = NEW.hold_id AND l.id = u.lot_id;
    END IF;
    RETURN NULL;
END $$;

-- New funding is spread over the pots of its budget.
CREATE FUNCTION ledger_funding() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO points_budgetpot (budget_id, number, funded, issued)
    SELECT NEW.budget_id, n, 0, 0 FROM generate_series(1, 16) n ON CONFLICT DO NOTHING;
    PERFORM 1 FROM points_budgetpot WHERE budget_id = NEW.budget_id ORDER BY id FOR NO KEY UPDATE;
    UPDATE points_budgetpot SET funded = funded + NEW.points / 16
        + CASE WHEN number = 1 THEN NEW.points % 16 ELSE 0 END WHERE budget_id = NEW.budget_id;
    RETURN NULL;
END $$;

-- What came in (or was written off) changes a gift's stock.
CREATE FUNCTION ledger_intake() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE points_gift SET stock = stock + NEW.units WHERE id = NEW.gift_id;
    RETURN NULL;
END $$;

CREATE FUNCTION ledger_gift() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.stock := 0;
        NEW.reserved := 0;
        NEW.handed := 0;
    ELSIF pg_trigger_depth() < 2 AND (NEW.stock, NEW.reserved, NEW.handed) IS DISTINCT FROM (OLD.stock, OLD.reserved, OLD.handed) THEN
        PERFORM ledger_refuse('counters_are_kept_by_triggers', 'stock follows from what came in and went out');
    END IF;
    RETURN NEW;
END $$;

-- The ledger of one day (Shanghai time) as text, a line a posting, in the order of their numbers.
CREATE FUNCTION ledger_day(of_day date) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(string_agg(line, E'\n' ORDER BY id), '') FROM (
        SELECT p.id, concat_ws('|', p.id, p.key, p.request_hash, p.kind, coalesce(p.reverses_id, 0),
            coalesce(p.record_id, 0), p.by_id, coalesce(p.principal, 0), md5(p.memo), md5(p.evidence::text),
            extract(epoch FROM p.at), extract(epoch FROM p.sealed_at),
            (SELECT string_agg(concat_ws(':', l.id, l.account_id, l.amount, coalesce(l.balance, 0)), ',' ORDER BY l.id)
             FROM points_leg l WHERE l.posting_id = p.id)) AS line
        FROM points_posting p
        WHERE p.sealed_at >= of_day::timestamp AT TIME ZONE 'Asia/Shanghai'
          AND p.sealed_at < (of_day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
    ) told
$$;

CREATE TRIGGER ledger_account BEFORE INSERT OR UPDATE ON points_account FOR EACH ROW EXECUTE FUNCTION ledger_account();
CREATE TRIGGER ledger_posting BEFORE INSERT ON points_posting FOR EACH ROW EXECUTE FUNCTION ledger_posting();
CREATE TRIGGER ledger_leg BEFORE INSERT ON points_leg FOR EACH ROW EXECUTE FUNCTION ledger_leg();
CREATE TRIGGER ledger_hold AFTER INSERT ON points_hold FOR EACH ROW EXECUTE FUNCTION ledger_hold();
CREATE TRIGGER ledger_hold_end AFTER INSERT ON points_holdend FOR EACH ROW EXECUTE FUNCTION ledger_hold_end();
CREATE TRIGGER ledger_funding AFTER INSERT ON points_funding FOR EACH ROW EXECUTE FUNCTION ledger_funding();
CREATE TRIGGER ledger_intake AFTER INSERT ON points_stockintake FOR EACH ROW EXECUTE FUNCTION ledger_intake();
CREATE TRIGGER ledger_gift BEFORE INSERT OR UPDATE ON points_gift FOR EACH ROW EXECUTE FUNCTION ledger_gift();
CREATE CONSTRAINT TRIGGER ledger_posting_balance AFTER INSERT ON points_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_posting_balance();
CREATE CONSTRAINT TRIGGER ledger_leg_balance AFTER INSERT ON points_leg
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_leg_balance();
CREATE CONSTRAINT TRIGGER ledger_hold_paid AFTER INSERT ON points_holdend
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_hold_paid();

-- Counters are updated in place: room for the new version of a row on its own page.
ALTER TABLE points_account SET (fillfactor = 70);
ALTER TABLE points_budgetpot SET (fillfactor = 50);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['posting', 'leg', 'hold', 'holdend', 'policy', 'funding', 'stockintake', 'dayhash'] LOOP
        EXECUTE format('CREATE TRIGGER ledger_keep BEFORE UPDATE OR DELETE ON points_%s FOR EACH ROW EXECUTE FUNCTION ledger_append_only()', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['lot', 'holdlot', 'budgetpot'] LOOP
        EXECUTE format('CREATE TRIGGER ledger_keep BEFORE INSERT OR UPDATE ON points_%s FOR EACH ROW EXECUTE FUNCTION ledger_counters_only()', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['lot', 'holdlot', 'budgetpot', 'account', 'gift'] LOOP
        EXECUTE format('CREATE TRIGGER ledger_stay BEFORE DELETE ON points_%s FOR EACH ROW EXECUTE FUNCTION ledger_append_only()', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['posting', 'leg', 'hold', 'holdend', 'policy', 'funding', 'stockintake', 'dayhash', 'lot', 'holdlot', 'budgetpot', 'account'] LOOP
        EXECUTE format('CREATE TRIGGER ledger_whole BEFORE TRUNCATE ON points_%s FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()', name);
    END LOOP;
END $$;
