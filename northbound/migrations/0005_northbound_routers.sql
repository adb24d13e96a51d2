-- Routers and the ports that are theirs.

CREATE TABLE northbound.routers (
    id uuid NOT NULL,
    project_id text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    admin_state_up boolean NOT NULL,
    enable_snat boolean NOT NULL DEFAULT true,
    extra_routes jsonb NOT NULL DEFAULT '[]',
    availability_zone_hints text[] NOT NULL DEFAULT '{}',
    tags text[] NOT NULL DEFAULT '{}',
    revision_number bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT routers_pkey PRIMARY KEY (id)
);
CREATE INDEX routers_by_project ON northbound.routers (project_id);
CREATE INDEX routers_by_name ON northbound.routers (name);

-- Which ports belong to a router: this table says it, never a port's device_id, which tenants may write.
CREATE TABLE northbound.router_ports (
    port_id uuid NOT NULL,
    router_id uuid NOT NULL,
    is_gateway boolean NOT NULL,
    CONSTRAINT router_ports_pkey PRIMARY KEY (port_id),
    CONSTRAINT router_ports_port FOREIGN KEY (port_id) REFERENCES northbound.ports ON DELETE CASCADE,
    CONSTRAINT router_ports_router FOREIGN KEY (router_id) REFERENCES northbound.routers
);
CREATE INDEX router_ports_by_router ON northbound.router_ports (router_id);
-- One gateway per router, whoever races.
CREATE UNIQUE INDEX router_ports_gateway ON northbound.router_ports (router_id) WHERE is_gateway;
