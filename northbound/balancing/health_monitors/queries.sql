-- name: insert_health_monitor!
INSERT INTO northbound.health_monitors (
    id, pool_id, load_balancer_id, project_id, name, admin_state_up, type, delay, timeout, max_retries,
    max_retries_down, tags
) VALUES (
    :id, :pool_id, :load_balancer_id, :project_id, :name, :admin_state_up, :type, :delay, :timeout, :max_retries,
    :max_retries_down, :tags
);

-- name: update_health_monitor!
UPDATE northbound.health_monitors SET
    name = :name, admin_state_up = :admin_state_up, delay = :delay, timeout = :timeout, max_retries = :max_retries,
    max_retries_down = :max_retries_down, tags = :tags,
    revision = pg_current_xact_id()::text::bigint, updated_at = now()
WHERE id = :id;

-- name: delete_health_monitor!
DELETE FROM northbound.health_monitors WHERE id = :id;

-- name: monitored_addresses
SELECT host(address) AS address FROM northbound.members WHERE pool_id = :pool_id;

-- name: monitored_subnets
SELECT DISTINCT northbound.subnet_of(m) AS subnet_id
FROM northbound.members m
WHERE m.load_balancer_id = :load_balancer_id AND northbound.subnet_of(m) IS NOT NULL
    AND EXISTS (SELECT FROM northbound.health_monitors h WHERE h.pool_id = m.pool_id);

-- name: lock_probe!
SELECT pg_advisory_xact_lock(hashtextextended('northbound.probe_ports/' || :subnet_id::text, 0));

-- name: find_probe$
SELECT port_id FROM northbound.probe_ports WHERE subnet_id = :subnet_id;

-- name: is_monitored$
SELECT EXISTS (
    SELECT FROM northbound.members m
    WHERE northbound.subnet_of(m) = :subnet_id
        AND (m.subnet_id = :subnet_id OR m.load_balancer_id IN (
            SELECT v.load_balancer_id FROM northbound.vips v WHERE v.subnet_id = :subnet_id
        ))
        AND EXISTS (SELECT FROM northbound.health_monitors h WHERE h.pool_id = m.pool_id)
);

-- name: insert_probe!
INSERT INTO northbound.probe_ports (subnet_id, port_id) VALUES (:subnet_id, :port_id);

-- name: delete_probe!
DELETE FROM northbound.probe_ports WHERE subnet_id = :subnet_id;
