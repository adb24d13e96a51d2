-- Whoever adds or removes a rule need not think of its mark: not a process that is older than rules planned by themselves,
-- which runs beside newer ones during an upgrade, and not what removes rules together with something else. The request
-- that caused it is what the transaction said in the setting `northbound.request`, if anything.
-- `northbound.add_rules`, which marks besides, stays for older processes: a rule marked twice is planned once.

CREATE FUNCTION northbound.rules_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO northbound.dirty (owner_kind, owner_id, revision, request_id)
    SELECT 'security_group_rule', id::text, pg_current_xact_id()::text::bigint,
        nullif(current_setting('northbound.request', true), '')
    FROM changed;
    RETURN NULL;
END;
$$;
CREATE TRIGGER rules_that_come AFTER INSERT ON northbound.security_group_rules
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION northbound.rules_changed();
CREATE TRIGGER rules_that_go AFTER DELETE ON northbound.security_group_rules
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION northbound.rules_changed();
