-- Networks, subnets, ports and their addresses.
--
-- What the names mean: `<table>_<what>` of a constraint is what the stores turn into a domain error.
-- Tags are a column of every taggable table, so that they live and die with their row.

CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE SCHEMA IF NOT EXISTS northbound;

CREATE TABLE northbound.quotas (
    project_id text NOT NULL,
    resource text NOT NULL,
    used bigint NOT NULL DEFAULT 0,
    allowed integer,  -- NULL: the default of the resource; -1: no limit
    CONSTRAINT quotas_pkey PRIMARY KEY (project_id, resource),
    CONSTRAINT quotas_used CHECK (used >= 0),
    CONSTRAINT quotas_allowed CHECK (allowed >= -1)
);

CREATE TABLE northbound.networks (
    id uuid NOT NULL,
    project_id text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    admin_state_up boolean NOT NULL,
    shared boolean NOT NULL,
    external boolean NOT NULL,
    mtu integer NOT NULL,
    port_security_enabled boolean NOT NULL,
    availability_zone_hints text[] NOT NULL DEFAULT '{}',
    tags text[] NOT NULL DEFAULT '{}',
    revision_number bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT networks_pkey PRIMARY KEY (id)
);
CREATE INDEX networks_by_project ON northbound.networks (project_id);
CREATE INDEX networks_by_name ON northbound.networks (name);

-- Where a network lives underneath. A flat or vlan segment has a physical network; geneve has none.
CREATE TABLE northbound.segments (
    id uuid NOT NULL,
    network_id uuid NOT NULL,
    network_type text NOT NULL,
    physical_network text,
    segmentation_id integer,
    CONSTRAINT segments_pkey PRIMARY KEY (id),
    CONSTRAINT segments_network UNIQUE (network_id),
    CONSTRAINT segments_network_fkey FOREIGN KEY (network_id) REFERENCES northbound.networks ON DELETE CASCADE,
    CONSTRAINT segments_place UNIQUE NULLS NOT DISTINCT (network_type, physical_network, segmentation_id),
    CONSTRAINT segments_type CHECK (network_type IN ('flat', 'vlan', 'geneve'))
);

CREATE TABLE northbound.subnets (
    id uuid NOT NULL,
    network_id uuid NOT NULL,
    project_id text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    ip_version smallint NOT NULL,
    cidr cidr NOT NULL,
    gateway_ip inet,
    enable_dhcp boolean NOT NULL,
    dns_nameservers text[] NOT NULL DEFAULT '{}',
    host_routes jsonb NOT NULL DEFAULT '[]',
    ipv6_ra_mode text,
    ipv6_address_mode text,
    service_types text[] NOT NULL DEFAULT '{}',
    tags text[] NOT NULL DEFAULT '{}',
    revision_number bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT subnets_pkey PRIMARY KEY (id),
    CONSTRAINT subnets_network FOREIGN KEY (network_id) REFERENCES northbound.networks,
    CONSTRAINT subnets_overlap EXCLUDE USING gist (network_id WITH =, cidr inet_ops WITH &&)
);
CREATE INDEX subnets_by_network ON northbound.subnets (network_id);
CREATE INDEX subnets_by_project ON northbound.subnets (project_id);

-- Where automatic addresses come from. `given` addresses from `first_ip` on were moved to free_addresses so far (or
-- skipped, being in use); choosing an address therefore costs the same in an empty and in a full subnet.
CREATE TABLE northbound.allocation_pools (
    subnet_id uuid NOT NULL,
    first_ip inet NOT NULL,
    last_ip inet NOT NULL,
    size bigint NOT NULL,  -- capped at 2^62: no pool of that size is ever used up
    given bigint NOT NULL DEFAULT 0,
    CONSTRAINT allocation_pools_pkey PRIMARY KEY (subnet_id, first_ip),
    CONSTRAINT allocation_pools_subnet FOREIGN KEY (subnet_id) REFERENCES northbound.subnets ON DELETE CASCADE,
    CONSTRAINT allocation_pools_order CHECK (first_ip <= last_ip),
    CONSTRAINT allocation_pools_given CHECK (given BETWEEN 0 AND size)
);

CREATE TABLE northbound.free_addresses (
    subnet_id uuid NOT NULL,
    ip inet NOT NULL,
    CONSTRAINT free_addresses_pkey PRIMARY KEY (subnet_id, ip),
    CONSTRAINT free_addresses_subnet FOREIGN KEY (subnet_id) REFERENCES northbound.subnets ON DELETE CASCADE
);

CREATE TABLE northbound.ports (
    id uuid NOT NULL,
    network_id uuid NOT NULL,
    project_id text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    mac_address macaddr NOT NULL,
    admin_state_up boolean NOT NULL,
    device_id text NOT NULL,
    device_owner text NOT NULL,
    port_security_enabled boolean NOT NULL,
    allowed_address_pairs jsonb NOT NULL DEFAULT '[]',
    extra_dhcp_opts jsonb NOT NULL DEFAULT '[]',
    host text NOT NULL DEFAULT '',
    vnic_type text NOT NULL DEFAULT 'normal',
    profile jsonb NOT NULL DEFAULT '{}',
    status text NOT NULL DEFAULT 'DOWN',  -- what the switch port's replica says; written by the translation alone
    tags text[] NOT NULL DEFAULT '{}',
    revision_number bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ports_pkey PRIMARY KEY (id),
    CONSTRAINT ports_network FOREIGN KEY (network_id) REFERENCES northbound.networks,
    CONSTRAINT ports_mac UNIQUE (network_id, mac_address),
    CONSTRAINT ports_status CHECK (status IN ('ACTIVE', 'DOWN', 'BUILD', 'ERROR', 'N/A'))
);
CREATE INDEX ports_by_project ON northbound.ports (project_id);
CREATE INDEX ports_by_device ON northbound.ports (device_id) WHERE device_id <> '';
CREATE INDEX ports_by_mac ON northbound.ports (mac_address);
-- One metadata port per network, whoever races.
CREATE UNIQUE INDEX ports_metadata ON northbound.ports (network_id) WHERE device_owner = 'network:distributed';

CREATE TABLE northbound.fixed_ips (
    port_id uuid NOT NULL,
    subnet_id uuid NOT NULL,
    ip inet NOT NULL,
    position smallint NOT NULL DEFAULT 0,  -- the tenant's order
    CONSTRAINT fixed_ips_pkey PRIMARY KEY (port_id, subnet_id, ip),
    CONSTRAINT fixed_ips_ip UNIQUE (subnet_id, ip),
    CONSTRAINT fixed_ips_port FOREIGN KEY (port_id) REFERENCES northbound.ports ON DELETE CASCADE,
    CONSTRAINT fixed_ips_subnet FOREIGN KEY (subnet_id) REFERENCES northbound.subnets
);
CREATE INDEX fixed_ips_by_ip ON northbound.fixed_ips (ip);
