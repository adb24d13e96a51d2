-- Allowed address pairs are read by the plans of others: a security group names the pairs of its members to the rules that
-- admit it, and a port whose address is a pair of its neighbours is theirs to claim. Whoever changes pairs marks these.

CREATE INDEX ports_with_pairs ON northbound.ports (network_id) WHERE allowed_address_pairs <> '[]';

CREATE FUNCTION northbound.mark_groups_of_pairs(ids uuid[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO northbound.dirty (owner_kind, owner_id, revision)
    SELECT 'security_group', id::text, pg_current_xact_id()::text::bigint FROM (
        SELECT unnest(ids) AS id
        UNION SELECT security_group_id FROM northbound.security_group_rules WHERE remote_group_id = ANY(ids)
    ) AS concerned
$$;

CREATE FUNCTION northbound.mark_holders_of(network uuid, pairs jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO northbound.dirty (owner_kind, owner_id, revision)
    SELECT DISTINCT 'port', p.id::text, pg_current_xact_id()::text::bigint
    FROM jsonb_array_elements(pairs) AS pair
    JOIN northbound.fixed_ips f ON f.ip = (pair->>'ip_address')::inet
    JOIN northbound.ports p ON p.id = f.port_id AND p.network_id = network
$$;

CREATE FUNCTION northbound.pairs_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    port northbound.ports := coalesce(NEW, OLD);
BEGIN
    PERFORM northbound.mark_groups_of_pairs(
        ARRAY(SELECT security_group_id FROM northbound.port_security_groups WHERE port_id = port.id)
    );
    PERFORM northbound.mark_holders_of(port.network_id, coalesce(OLD.allowed_address_pairs, '[]'));
    PERFORM northbound.mark_holders_of(port.network_id, coalesce(NEW.allowed_address_pairs, '[]'));
    RETURN port;
END;
$$;
CREATE TRIGGER ports_with_new_pairs AFTER INSERT ON northbound.ports
    FOR EACH ROW WHEN (NEW.allowed_address_pairs <> '[]') EXECUTE FUNCTION northbound.pairs_changed();
CREATE TRIGGER ports_with_other_pairs AFTER UPDATE OF allowed_address_pairs ON northbound.ports
    FOR EACH ROW WHEN (OLD.allowed_address_pairs <> NEW.allowed_address_pairs)
    EXECUTE FUNCTION northbound.pairs_changed();
-- Before, because its memberships go with it.
CREATE TRIGGER ports_that_leave_with_pairs BEFORE DELETE ON northbound.ports
    FOR EACH ROW WHEN (OLD.allowed_address_pairs <> '[]') EXECUTE FUNCTION northbound.pairs_changed();

CREATE FUNCTION northbound.members_with_pairs_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM northbound.mark_groups_of_pairs(array_agg(DISTINCT m.security_group_id))
    FROM changed m JOIN northbound.ports p ON p.id = m.port_id AND p.allowed_address_pairs <> '[]'
    HAVING count(*) > 0;
    RETURN NULL;
END;
$$;
CREATE TRIGGER members_with_pairs_come AFTER INSERT ON northbound.port_security_groups
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION northbound.members_with_pairs_changed();
CREATE TRIGGER members_with_pairs_go AFTER DELETE ON northbound.port_security_groups
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION northbound.members_with_pairs_changed();
