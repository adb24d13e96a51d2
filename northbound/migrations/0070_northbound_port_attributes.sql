-- What ports may say beside where they are: names, hints for the host, whether a card follows its uplink.

ALTER TABLE northbound.ports
    ADD COLUMN dns_name text NOT NULL DEFAULT '',
    ADD COLUMN dns_domain text NOT NULL DEFAULT '',
    ADD COLUMN propagate_uplink_status boolean NOT NULL DEFAULT true,
    ADD COLUMN numa_affinity_policy text,
    ADD COLUMN hints jsonb,
    ADD CONSTRAINT ports_numa_affinity_policy
        CHECK (numa_affinity_policy IN ('required', 'preferred', 'legacy', 'socket'));

-- Names that OVN resolves: an owner `dns/<network>` per network with a named port. Whatever changes a name or an address
-- of a named port marks it, whoever writes.
CREATE INDEX ports_named ON northbound.ports (network_id) WHERE dns_name <> '';
CREATE VIEW northbound.named_networks AS
SELECT DISTINCT network_id AS id FROM northbound.ports WHERE dns_name <> '';

CREATE FUNCTION northbound.mark_names(network_id uuid) RETURNS void LANGUAGE sql AS $$
    INSERT INTO northbound.dirty (owner_kind, owner_id, revision)
    VALUES ('dns', network_id::text, pg_current_xact_id()::text::bigint);
$$;

CREATE FUNCTION northbound.names_of_port_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM northbound.mark_names(CASE WHEN TG_OP = 'DELETE' THEN OLD.network_id ELSE NEW.network_id END);
    RETURN NULL;
END;
$$;
CREATE TRIGGER ports_name_given AFTER INSERT ON northbound.ports
    FOR EACH ROW WHEN (NEW.dns_name <> '') EXECUTE FUNCTION northbound.names_of_port_changed();
CREATE TRIGGER ports_name_changed AFTER UPDATE OF dns_name, dns_domain ON northbound.ports
    FOR EACH ROW WHEN (OLD.dns_name <> NEW.dns_name OR OLD.dns_domain <> NEW.dns_domain)
    EXECUTE FUNCTION northbound.names_of_port_changed();
CREATE TRIGGER ports_name_gone AFTER DELETE ON northbound.ports
    FOR EACH ROW WHEN (OLD.dns_name <> '') EXECUTE FUNCTION northbound.names_of_port_changed();

CREATE FUNCTION northbound.names_of_address_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM northbound.mark_names(p.network_id) FROM northbound.ports p
    WHERE p.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.port_id ELSE NEW.port_id END AND p.dns_name <> '';
    RETURN NULL;
END;
$$;
CREATE TRIGGER fixed_ips_name_changed AFTER INSERT OR DELETE ON northbound.fixed_ips
    FOR EACH ROW EXECUTE FUNCTION northbound.names_of_address_changed();

CREATE FUNCTION northbound.names_of_network_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM northbound.mark_names(NEW.id);
    RETURN NULL;
END;
$$;
CREATE TRIGGER networks_domain_changed AFTER UPDATE OF dns_domain ON northbound.networks
    FOR EACH ROW WHEN (OLD.dns_domain <> NEW.dns_domain) EXECUTE FUNCTION northbound.names_of_network_changed();
