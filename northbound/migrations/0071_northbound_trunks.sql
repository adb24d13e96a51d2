-- Trunks: a port that carries the traffic of others, its subports, each under a VLAN tag.
CREATE TABLE northbound.trunks (
    id uuid NOT NULL,
    project_id text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    admin_state_up boolean NOT NULL,
    port_id uuid NOT NULL,
    tags text[] NOT NULL DEFAULT '{}',
    revision_number bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT trunks_pkey PRIMARY KEY (id),
    CONSTRAINT trunks_parent UNIQUE (port_id),
    CONSTRAINT trunks_port FOREIGN KEY (port_id) REFERENCES northbound.ports
);
CREATE INDEX trunks_by_project ON northbound.trunks (project_id);

-- That no port is parent and subport is seen to under the ports' locks.
CREATE TABLE northbound.subports (
    port_id uuid NOT NULL,
    trunk_id uuid NOT NULL,
    segmentation_type text NOT NULL,
    segmentation_id integer NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,  -- the tenant's order
    CONSTRAINT subports_pkey PRIMARY KEY (port_id),
    CONSTRAINT subports_port FOREIGN KEY (port_id) REFERENCES northbound.ports,
    CONSTRAINT subports_trunk FOREIGN KEY (trunk_id) REFERENCES northbound.trunks ON DELETE CASCADE,
    CONSTRAINT subports_segment UNIQUE (trunk_id, segmentation_type, segmentation_id),
    CONSTRAINT subports_type CHECK (segmentation_type = 'vlan'),
    CONSTRAINT subports_vlan CHECK (segmentation_id BETWEEN 1 AND 4094)
);
