-- Subnet pools: addresses that subnets are cut from.

CREATE TABLE northbound.subnet_pools (
    id uuid NOT NULL,
    project_id text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    ip_version smallint NOT NULL,
    min_prefixlen smallint NOT NULL,
    max_prefixlen smallint NOT NULL,
    default_prefixlen smallint NOT NULL,
    default_quota integer,  -- addresses (IPv4) or /64s (IPv6) that one project's subnets may take; NULL: no limit
    is_default boolean NOT NULL,
    address_scope_id uuid,
    tags text[] NOT NULL DEFAULT '{}',
    revision_number bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT subnet_pools_pkey PRIMARY KEY (id),
    CONSTRAINT subnet_pools_address_scope FOREIGN KEY (address_scope_id) REFERENCES northbound.address_scopes,
    CONSTRAINT subnet_pools_version CHECK (ip_version IN (4, 6))
);
CREATE INDEX subnet_pools_by_project ON northbound.subnet_pools (project_id);
CREATE INDEX subnet_pools_by_scope ON northbound.subnet_pools (address_scope_id);
CREATE UNIQUE INDEX subnet_pools_one_default ON northbound.subnet_pools (ip_version) WHERE is_default;
CREATE TRIGGER subnet_pools_end_sharing AFTER DELETE ON northbound.subnet_pools
    FOR EACH ROW EXECUTE FUNCTION northbound.end_sharing();

-- What a pool is made of. The pool's address scope stands here again, so that no two pools of a scope overlap,
-- whoever races.
CREATE TABLE northbound.subnet_pool_prefixes (
    subnet_pool_id uuid NOT NULL,
    prefix cidr NOT NULL,
    address_scope_id uuid,
    CONSTRAINT subnet_pool_prefixes_pkey PRIMARY KEY (subnet_pool_id, prefix),
    CONSTRAINT subnet_pool_prefixes_pool FOREIGN KEY (subnet_pool_id)
        REFERENCES northbound.subnet_pools ON DELETE CASCADE,
    CONSTRAINT subnet_pool_prefixes_in_scope EXCLUDE USING gist (address_scope_id WITH =, prefix inet_ops WITH &&)
);

ALTER TABLE northbound.subnets
    ADD COLUMN subnetpool_id uuid,
    ADD CONSTRAINT subnets_subnetpool FOREIGN KEY (subnetpool_id) REFERENCES northbound.subnet_pools,
    ADD CONSTRAINT subnets_in_pool EXCLUDE USING gist (subnetpool_id WITH =, cidr inet_ops WITH &&);
CREATE INDEX subnets_by_pool ON northbound.subnets (subnetpool_id) WHERE subnetpool_id IS NOT NULL;
