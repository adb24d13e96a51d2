-- Ports whose cards bypass the integration bridge: an owner `external_ports/<network>` per network that has any, the
-- group of chassis which answer for them.
CREATE FUNCTION northbound.is_outside(vnic_type text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT vnic_type IN ('direct', 'direct-physical', 'macvtap', 'baremetal');
$$;
CREATE INDEX ports_outside ON northbound.ports (network_id) WHERE northbound.is_outside(vnic_type);
CREATE VIEW northbound.networks_of_external_ports AS
SELECT DISTINCT network_id AS id FROM northbound.ports WHERE northbound.is_outside(vnic_type);

CREATE FUNCTION northbound.mark_external_ports(network_ids uuid[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO northbound.dirty (owner_kind, owner_id, revision)
    SELECT 'external_ports', network_id::text, pg_current_xact_id()::text::bigint
    FROM unnest(network_ids) AS network_id;
$$;

CREATE FUNCTION northbound.external_port_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM northbound.mark_external_ports(ARRAY[CASE WHEN TG_OP = 'DELETE' THEN OLD.network_id ELSE NEW.network_id END]);
    RETURN NULL;
END;
$$;
CREATE TRIGGER ports_outside_made AFTER INSERT ON northbound.ports
    FOR EACH ROW WHEN (northbound.is_outside(NEW.vnic_type)) EXECUTE FUNCTION northbound.external_port_changed();
CREATE TRIGGER ports_outside_changed AFTER UPDATE OF vnic_type ON northbound.ports
    FOR EACH ROW WHEN (OLD.vnic_type <> NEW.vnic_type) EXECUTE FUNCTION northbound.external_port_changed();
CREATE TRIGGER ports_outside_gone AFTER DELETE ON northbound.ports
    FOR EACH ROW WHEN (northbound.is_outside(OLD.vnic_type) OR OLD.device_owner LIKE 'network:router_%')
    EXECUTE FUNCTION northbound.external_port_changed();

-- They follow the gateway of their network's router, which other chassis may come to serve.
CREATE FUNCTION northbound.way_of_external_ports_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.router_id ELSE NEW.router_id END;
BEGIN
    PERFORM northbound.mark_external_ports(ARRAY(
        SELECT DISTINCT p.network_id FROM northbound.router_ports r JOIN northbound.ports p ON p.id = r.port_id
        WHERE r.router_id = changed AND EXISTS (
            SELECT FROM northbound.ports e WHERE e.network_id = p.network_id AND northbound.is_outside(e.vnic_type)
        )
    ));
    RETURN NULL;
END;
$$;
CREATE TRIGGER router_ports_way_changed AFTER INSERT OR UPDATE OR DELETE ON northbound.router_ports
    FOR EACH ROW EXECUTE FUNCTION northbound.way_of_external_ports_changed();

CREATE FUNCTION northbound.place_of_external_ports_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM northbound.mark_external_ports(ARRAY(
        SELECT id FROM northbound.networks_of_external_ports
        WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.network_id ELSE NEW.network_id END
    ));
    RETURN NULL;
END;
$$;
CREATE TRIGGER segments_place_changed AFTER INSERT OR UPDATE OR DELETE ON northbound.segments
    FOR EACH ROW EXECUTE FUNCTION northbound.place_of_external_ports_changed();
