-- Port forwardings: parts of a floating IP that no port has for itself, each of which leads to a port.
CREATE EXTENSION IF NOT EXISTS btree_gist;

ALTER TABLE northbound.floating_ips
    ADD COLUMN dns_name text NOT NULL DEFAULT '',
    ADD COLUMN dns_domain text NOT NULL DEFAULT '';

-- Ranges are inclusive; a single port is a range of one. Several external ports may lead to one internal port.
CREATE TABLE northbound.port_forwardings (
    id uuid NOT NULL,
    floating_ip_id uuid NOT NULL,
    protocol text NOT NULL,
    external_from integer NOT NULL,
    external_to integer NOT NULL,
    internal_from integer NOT NULL,
    internal_to integer NOT NULL,
    internal_port_id uuid NOT NULL,
    internal_subnet_id uuid NOT NULL,
    internal_ip_address inet NOT NULL,
    interface_port_id uuid NOT NULL,  -- the router's port in the internal address's subnet
    gateway_port_id uuid NOT NULL,  -- the same router's port in the floating network
    description text NOT NULL,
    revision_number bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT port_forwardings_pkey PRIMARY KEY (id),
    CONSTRAINT port_forwardings_floating_ip FOREIGN KEY (floating_ip_id) REFERENCES northbound.floating_ips,
    -- A port's end, or that of its address, ends what led to it.
    CONSTRAINT port_forwardings_fixed FOREIGN KEY (internal_port_id, internal_subnet_id, internal_ip_address)
        REFERENCES northbound.fixed_ips (port_id, subnet_id, ip) ON DELETE CASCADE,
    CONSTRAINT port_forwardings_interface FOREIGN KEY (interface_port_id) REFERENCES northbound.router_ports,
    CONSTRAINT port_forwardings_gateway FOREIGN KEY (gateway_port_id) REFERENCES northbound.router_ports,
    CONSTRAINT port_forwardings_external EXCLUDE USING gist (
        floating_ip_id WITH =, protocol WITH =, int4range(external_from, external_to, '[]') WITH &&
    ),
    CONSTRAINT port_forwardings_internal EXCLUDE USING gist (
        internal_port_id WITH =, internal_ip_address WITH =, protocol WITH =,
        int4range(internal_from, internal_to, '[]') WITH &&
    )
);
CREATE INDEX port_forwardings_by_floating_ip ON northbound.port_forwardings (floating_ip_id);
CREATE INDEX port_forwardings_by_fixed_port ON northbound.port_forwardings (internal_port_id);
CREATE INDEX port_forwardings_by_interface ON northbound.port_forwardings (interface_port_id);
CREATE INDEX port_forwardings_by_gateway ON northbound.port_forwardings (gateway_port_id);

-- Whatever happens to a forwarding, however it happens, happens to its floating IP.
CREATE FUNCTION northbound.note_forwarding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE northbound.floating_ips SET revision_number = revision_number + 1, updated_at = now()
    WHERE id = coalesce(NEW.floating_ip_id, OLD.floating_ip_id);
    INSERT INTO northbound.dirty (owner_kind, owner_id, revision)
    VALUES (
        'floating_ip', coalesce(NEW.floating_ip_id, OLD.floating_ip_id)::text, pg_current_xact_id()::text::bigint
    );
    RETURN NULL;
END;
$$;
CREATE TRIGGER port_forwardings_note
    AFTER INSERT OR UPDATE OR DELETE ON northbound.port_forwardings
    FOR EACH ROW EXECUTE FUNCTION northbound.note_forwarding();

-- The port knows the floating IPs that stand for it, and is planned again when one ends.
CREATE OR REPLACE FUNCTION northbound.end_association() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.fixed_subnet_id := NULL;
    NEW.fixed_ip_address := NULL;
    NEW.interface_port_id := NULL;
    NEW.gateway_port_id := NULL;
    NEW.revision_number := OLD.revision_number + 1;
    NEW.updated_at := now();
    INSERT INTO northbound.dirty (owner_kind, owner_id, revision)
    VALUES
        ('floating_ip', NEW.id::text, pg_current_xact_id()::text::bigint),
        ('port', OLD.fixed_port_id::text, pg_current_xact_id()::text::bigint);
    RETURN NEW;
END;
$$;
