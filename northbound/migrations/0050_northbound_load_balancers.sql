-- Load balancers and what they are made of.
--
-- `revision` is the transaction that wrote the row last: while the translation still has a mark of it, OVN does not
-- hold it, and the row is shown as PENDING. `updated_at` stays NULL until a row is changed, as Octavia shows it. Rows of
-- one request keep the order of its body by the clock, which goes on during a transaction.

CREATE TABLE northbound.load_balancers (
    id uuid NOT NULL,
    project_id text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    admin_state_up boolean NOT NULL,
    tags text[] NOT NULL DEFAULT '{}',
    revision bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz,
    CONSTRAINT load_balancers_pkey PRIMARY KEY (id)
);
CREATE INDEX load_balancers_by_project ON northbound.load_balancers (project_id);
CREATE INDEX load_balancers_by_name ON northbound.load_balancers (name);

-- The addresses that clients know: position 0 is the VIP, the others are additional ones. The reference keeps the
-- port, and this address of it, for as long as the load balancer lives.
CREATE TABLE northbound.vips (
    load_balancer_id uuid NOT NULL,
    position smallint NOT NULL,
    port_id uuid NOT NULL,
    subnet_id uuid NOT NULL,
    ip inet NOT NULL,
    made boolean NOT NULL,  -- the port was made for the load balancer, and goes with it
    CONSTRAINT vips_pkey PRIMARY KEY (load_balancer_id, position),
    CONSTRAINT vips_load_balancer FOREIGN KEY (load_balancer_id) REFERENCES northbound.load_balancers ON DELETE CASCADE,
    CONSTRAINT vips_address FOREIGN KEY (port_id, subnet_id, ip) REFERENCES northbound.fixed_ips (port_id, subnet_id, ip),
    CONSTRAINT vips_port UNIQUE (port_id)
);
CREATE INDEX vips_by_subnet ON northbound.vips (subnet_id);

CREATE TABLE northbound.pools (
    id uuid NOT NULL,
    load_balancer_id uuid NOT NULL,
    project_id text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    admin_state_up boolean NOT NULL,
    protocol text NOT NULL,
    persistence_timeout integer,  -- seconds for which a client keeps its member; NULL: no session persistence
    tags text[] NOT NULL DEFAULT '{}',
    revision bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz,
    CONSTRAINT pools_pkey PRIMARY KEY (id),
    CONSTRAINT pools_inside UNIQUE (id, load_balancer_id),
    CONSTRAINT pools_load_balancer FOREIGN KEY (load_balancer_id) REFERENCES northbound.load_balancers ON DELETE CASCADE,
    CONSTRAINT pools_protocol CHECK (protocol IN ('TCP', 'UDP', 'SCTP'))
);
CREATE INDEX pools_by_load_balancer ON northbound.pools (load_balancer_id);
CREATE INDEX pools_by_project ON northbound.pools (project_id);

CREATE TABLE northbound.listeners (
    id uuid NOT NULL,
    load_balancer_id uuid NOT NULL,
    project_id text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    admin_state_up boolean NOT NULL,
    protocol text NOT NULL,
    protocol_port integer NOT NULL,
    default_pool_id uuid,
    tags text[] NOT NULL DEFAULT '{}',
    revision bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz,
    CONSTRAINT listeners_pkey PRIMARY KEY (id),
    CONSTRAINT listeners_load_balancer FOREIGN KEY (load_balancer_id)
        REFERENCES northbound.load_balancers ON DELETE CASCADE,
    CONSTRAINT listeners_pool FOREIGN KEY (default_pool_id, load_balancer_id)
        REFERENCES northbound.pools (id, load_balancer_id) ON DELETE SET NULL (default_pool_id),
    CONSTRAINT listeners_port UNIQUE (load_balancer_id, protocol, protocol_port),
    CONSTRAINT listeners_protocol CHECK (protocol IN ('TCP', 'UDP', 'SCTP')),
    CONSTRAINT listeners_port_range CHECK (protocol_port BETWEEN 1 AND 65535)
);
CREATE INDEX listeners_by_project ON northbound.listeners (project_id);
CREATE INDEX listeners_by_pool ON northbound.listeners (default_pool_id);

CREATE TABLE northbound.members (
    id uuid NOT NULL,
    pool_id uuid NOT NULL,
    load_balancer_id uuid NOT NULL,
    project_id text NOT NULL,
    name text NOT NULL,
    admin_state_up boolean NOT NULL,
    address inet NOT NULL,
    protocol_port integer NOT NULL,
    subnet_id uuid,  -- NULL: the VIP's
    weight smallint NOT NULL,
    health text,  -- ONLINE or ERROR as OVN's service monitor says; NULL: it says nothing. Written by the translation alone
    tags text[] NOT NULL DEFAULT '{}',
    revision bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz,
    CONSTRAINT members_pkey PRIMARY KEY (id),
    CONSTRAINT members_pool FOREIGN KEY (pool_id, load_balancer_id)
        REFERENCES northbound.pools (id, load_balancer_id) ON DELETE CASCADE,
    CONSTRAINT members_subnet FOREIGN KEY (subnet_id) REFERENCES northbound.subnets,
    CONSTRAINT members_endpoint UNIQUE (pool_id, address, protocol_port),
    CONSTRAINT members_weight CHECK (weight IN (0, 1)),
    CONSTRAINT members_port_range CHECK (protocol_port BETWEEN 1 AND 65535)
);
CREATE INDEX members_by_load_balancer ON northbound.members (load_balancer_id);
CREATE INDEX members_by_address ON northbound.members (address);
CREATE INDEX members_by_subnet ON northbound.members (subnet_id);
CREATE INDEX members_by_project ON northbound.members (project_id);

CREATE TABLE northbound.health_monitors (
    id uuid NOT NULL,
    pool_id uuid NOT NULL,
    load_balancer_id uuid NOT NULL,
    project_id text NOT NULL,
    name text NOT NULL,
    admin_state_up boolean NOT NULL,
    type text NOT NULL,
    delay integer NOT NULL,
    timeout integer NOT NULL,
    max_retries smallint NOT NULL,
    max_retries_down smallint NOT NULL,
    tags text[] NOT NULL DEFAULT '{}',
    revision bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz,
    CONSTRAINT health_monitors_pkey PRIMARY KEY (id),
    CONSTRAINT health_monitors_pool FOREIGN KEY (pool_id, load_balancer_id)
        REFERENCES northbound.pools (id, load_balancer_id) ON DELETE CASCADE,
    CONSTRAINT health_monitors_one UNIQUE (pool_id),
    CONSTRAINT health_monitors_type CHECK (type IN ('TCP', 'UDP-CONNECT'))
);
CREATE INDEX health_monitors_by_load_balancer ON northbound.health_monitors (load_balancer_id);
CREATE INDEX health_monitors_by_project ON northbound.health_monitors (project_id);

-- The port whose address health checks in a subnet come from; there while a monitored member is in the subnet.
CREATE TABLE northbound.probe_ports (
    subnet_id uuid NOT NULL,
    port_id uuid NOT NULL,
    CONSTRAINT probe_ports_pkey PRIMARY KEY (subnet_id),
    CONSTRAINT probe_ports_port FOREIGN KEY (port_id) REFERENCES northbound.ports
);
CREATE INDEX probe_ports_by_port ON northbound.probe_ports (port_id);
