-- The rest of what ends with an association of a floating IP, however it ends. The port knows the floating IPs that stand
-- for it, and is planned again when one ends.
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
