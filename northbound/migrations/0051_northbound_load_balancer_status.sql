-- The statuses of load balancers, by level: functions of what is there now, stored nowhere.
--
-- provisioning_status: OVN refuses the load balancer -> ERROR; the translation still has a mark of the change ->
-- PENDING; else ACTIVE. operating_status: of a member what its service monitor says; of the others, what is under them.

CREATE INDEX dirty_of_load_balancers ON northbound.dirty (owner_id) WHERE owner_kind = 'load_balancer';

-- The latest transaction that wrote a load balancer and is not in OVN yet, as far as PostgreSQL knows.
CREATE FUNCTION northbound.pending_revision(load_balancer uuid) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT max(revision) FROM northbound.dirty WHERE owner_kind = 'load_balancer' AND owner_id = load_balancer::text
$$;

-- The same for one row of it, which its own last transaction wrote.
CREATE FUNCTION northbound.pending_revision(load_balancer uuid, written bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT max(revision) FROM northbound.dirty
    WHERE owner_kind = 'load_balancer' AND owner_id = load_balancer::text AND revision = written
$$;

-- `written` is the row's own last transaction: what is inside a load balancer makes it pending too.
CREATE FUNCTION northbound.provisioning_status(
    load_balancer uuid, pending bigint, written bigint, updated_at timestamptz
)
RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN EXISTS (
            SELECT FROM northbound.quarantine WHERE owner_kind = 'load_balancer' AND owner_id = load_balancer::text
        ) THEN 'ERROR'
        WHEN pending IS NULL THEN 'ACTIVE'
        WHEN updated_at IS NULL AND pending = written THEN 'PENDING_CREATE'
        ELSE 'PENDING_UPDATE'
    END
$$;

-- The subnet a member is in: the one it names, else the VIP's that holds its address.
CREATE FUNCTION northbound.subnet_of(member northbound.members) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT coalesce(member.subnet_id, (
        SELECT u.id FROM northbound.vips v JOIN northbound.subnets u ON u.id = v.subnet_id
        WHERE v.load_balancer_id = member.load_balancer_id AND u.cidr >> member.address
        ORDER BY v.position LIMIT 1
    ))
$$;

-- The switch port through which OVN may check a member; NULL when the address is no port's.
CREATE FUNCTION northbound.port_of(member northbound.members) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT port_id FROM northbound.fixed_ips WHERE subnet_id = northbound.subnet_of(member) AND ip = member.address
$$;

CREATE FUNCTION northbound.operating_status(member northbound.members) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN NOT member.admin_state_up THEN 'OFFLINE'
        WHEN NOT EXISTS (
            SELECT FROM northbound.health_monitors h WHERE h.pool_id = member.pool_id AND h.admin_state_up
        ) OR northbound.port_of(member) IS NULL THEN 'NO_MONITOR'
        ELSE coalesce(member.health, 'OFFLINE')
    END
$$;

CREATE FUNCTION northbound.operating_status(pool northbound.pools) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN NOT pool.admin_state_up OR count(*) = 0 THEN 'OFFLINE'
        WHEN bool_and(status = 'ERROR') THEN 'ERROR'
        WHEN bool_or(status = 'ERROR') THEN 'DEGRADED'
        ELSE 'ONLINE'
    END
    FROM (
        SELECT northbound.operating_status(m) AS status FROM northbound.members m
        WHERE m.pool_id = pool.id AND m.admin_state_up
    ) AS members
$$;

CREATE FUNCTION northbound.operating_status(listener northbound.listeners) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN NOT listener.admin_state_up THEN 'OFFLINE'
        ELSE coalesce((
            SELECT nullif(northbound.operating_status(p), 'OFFLINE') FROM northbound.pools p
            WHERE p.id = listener.default_pool_id
        ), 'ONLINE')
    END
$$;

CREATE FUNCTION northbound.operating_status(balancer northbound.load_balancers) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN NOT balancer.admin_state_up THEN 'OFFLINE'
        WHEN bool_and(status = 'ERROR') THEN 'ERROR'
        WHEN bool_or(status IN ('ERROR', 'DEGRADED')) THEN 'DEGRADED'
        ELSE 'ONLINE'
    END
    FROM (
        SELECT northbound.operating_status(s) AS status FROM northbound.listeners s
        WHERE s.load_balancer_id = balancer.id AND s.admin_state_up
    ) AS listeners
$$;
