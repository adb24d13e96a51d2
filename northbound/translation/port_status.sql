-- A floating IP of a distributed router is translated where its port is, while that is up: it is planned again.

-- name: update_statuses(ids, statuses)!
WITH changed AS (
    UPDATE northbound.ports AS port SET status = seen.status
    FROM unnest(:ids::uuid[], :statuses::text[]) AS seen (id, status)
    WHERE port.id = seen.id AND port.status IN ('ACTIVE', 'DOWN', 'BUILD') AND port.status <> seen.status
    RETURNING port.id
)
INSERT INTO northbound.dirty (owner_kind, owner_id, revision)
SELECT 'floating_ip', f.id::text, pg_current_xact_id()::text::bigint
FROM changed JOIN northbound.floating_ips f ON f.fixed_port_id = changed.id
JOIN northbound.router_ports g ON g.port_id = f.gateway_port_id
JOIN northbound.routers r ON r.id = g.router_id AND r.distributed;

-- name: update_other_statuses(ids, status)!
WITH changed AS (
    UPDATE northbound.ports AS port SET status = :status
    WHERE port.status IN ('ACTIVE', 'DOWN', 'BUILD') AND port.status <> :status
    AND NOT EXISTS (SELECT FROM unnest(:ids::uuid[]) AS seen (id) WHERE seen.id = port.id)
    RETURNING port.id
)
INSERT INTO northbound.dirty (owner_kind, owner_id, revision)
SELECT 'floating_ip', f.id::text, pg_current_xact_id()::text::bigint
FROM changed JOIN northbound.floating_ips f ON f.fixed_port_id = changed.id
JOIN northbound.router_ports g ON g.port_id = f.gateway_port_id
JOIN northbound.routers r ON r.id = g.router_id AND r.distributed;
