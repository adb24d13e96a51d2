-- The groups of a port, as the ports slice writes them. A group in use cannot be deleted: the reference without an action says so.
CREATE TABLE northbound.port_security_groups (
    port_id uuid NOT NULL,
    security_group_id uuid NOT NULL,
    CONSTRAINT port_security_groups_pkey PRIMARY KEY (port_id, security_group_id),
    CONSTRAINT port_security_groups_port FOREIGN KEY (port_id) REFERENCES northbound.ports ON DELETE CASCADE,
    CONSTRAINT port_security_groups_group FOREIGN KEY (security_group_id) REFERENCES northbound.security_groups
);
CREATE INDEX port_security_groups_by_group ON northbound.port_security_groups (security_group_id);
