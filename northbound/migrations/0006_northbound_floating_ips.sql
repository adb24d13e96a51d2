-- Floating IPs.
--
-- An association is a reference to one address of a port: when the port goes, or loses that address, PostgreSQL itself
-- ends the association in the same statement, whoever deletes the port.

CREATE TABLE northbound.floating_ips (
    id uuid NOT NULL,
    project_id text NOT NULL,
    description text NOT NULL,
    floating_network_id uuid NOT NULL,
    floating_ip_address inet NOT NULL,
    reservation_port_id uuid NOT NULL,  -- holds the address in the external network
    -- The association: all five or none.
    fixed_port_id uuid,
    fixed_subnet_id uuid,
    fixed_ip_address inet,
    interface_port_id uuid,  -- the router's port in the fixed address's subnet
    gateway_port_id uuid,  -- the same router's port in the floating network
    tags text[] NOT NULL DEFAULT '{}',
    revision_number bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT floating_ips_pkey PRIMARY KEY (id),
    CONSTRAINT floating_ips_address UNIQUE (floating_network_id, floating_ip_address),
    CONSTRAINT floating_ips_network FOREIGN KEY (floating_network_id) REFERENCES northbound.networks,
    CONSTRAINT floating_ips_reservation FOREIGN KEY (reservation_port_id) REFERENCES northbound.ports,
    CONSTRAINT floating_ips_fixed FOREIGN KEY (fixed_port_id, fixed_subnet_id, fixed_ip_address)
        REFERENCES northbound.fixed_ips (port_id, subnet_id, ip) ON DELETE SET NULL,
    CONSTRAINT floating_ips_interface FOREIGN KEY (interface_port_id) REFERENCES northbound.router_ports,
    CONSTRAINT floating_ips_gateway FOREIGN KEY (gateway_port_id) REFERENCES northbound.router_ports,
    CONSTRAINT floating_ips_one_each UNIQUE (floating_network_id, fixed_port_id, fixed_ip_address),
    CONSTRAINT floating_ips_whole CHECK (
        num_nulls(fixed_port_id, fixed_subnet_id, fixed_ip_address, interface_port_id, gateway_port_id) IN (0, 5)
    )
);
CREATE INDEX floating_ips_by_project ON northbound.floating_ips (project_id);
CREATE INDEX floating_ips_by_fixed_port ON northbound.floating_ips (fixed_port_id);
CREATE INDEX floating_ips_by_interface ON northbound.floating_ips (interface_port_id);
CREATE INDEX floating_ips_by_gateway ON northbound.floating_ips (gateway_port_id);
CREATE INDEX floating_ips_by_reservation ON northbound.floating_ips (reservation_port_id);

-- The rest of what ends with an association, however it ends.
CREATE FUNCTION northbound.end_association() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.fixed_subnet_id := NULL;
    NEW.fixed_ip_address := NULL;
    NEW.interface_port_id := NULL;
    NEW.gateway_port_id := NULL;
    NEW.revision_number := OLD.revision_number + 1;
    NEW.updated_at := now();
    INSERT INTO northbound.dirty (owner_kind, owner_id, revision)
    VALUES ('floating_ip', NEW.id::text, pg_current_xact_id()::text::bigint);
    RETURN NEW;
END;
$$;
CREATE TRIGGER floating_ips_end_association
    BEFORE UPDATE ON northbound.floating_ips
    FOR EACH ROW WHEN (OLD.fixed_port_id IS NOT NULL AND NEW.fixed_port_id IS NULL)
    EXECUTE FUNCTION northbound.end_association();
