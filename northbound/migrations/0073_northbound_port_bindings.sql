-- Where a port is not, but may be: the destinations of a live migration, and the places that it has left. Where it is
-- stands in its own row.
CREATE TABLE northbound.port_bindings (
    port_id uuid NOT NULL,
    host text NOT NULL,
    vnic_type text NOT NULL,
    profile jsonb NOT NULL DEFAULT '{}',
    is_ready boolean NOT NULL,  -- a destination, where OVN prepares the port; false: a place that it has left
    CONSTRAINT port_bindings_pkey PRIMARY KEY (port_id, host),
    CONSTRAINT port_bindings_port FOREIGN KEY (port_id) REFERENCES northbound.ports ON DELETE CASCADE,
    CONSTRAINT port_bindings_host CHECK (host <> '')
);

-- A port is in one place once: whoever binds it ends the binding that waited there; who unbinds it ends all.
CREATE FUNCTION northbound.end_bindings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM northbound.port_bindings WHERE port_id = NEW.id AND (host = NEW.host OR NEW.host = '');
    RETURN NULL;
END;
$$;
CREATE TRIGGER ports_end_bindings AFTER UPDATE OF host ON northbound.ports
    FOR EACH ROW WHEN (OLD.host <> NEW.host) EXECUTE FUNCTION northbound.end_bindings();
