-- name: lock_places$
-- One at a time: two that count at once would choose the same chassis.
SELECT pg_advisory_xact_lock(hashtextextended('northbound.gateways', 0));

-- name: select_places
SELECT g.port_id::text, g.router_id::text, s.physical_network, r.availability_zone_hints AS zones, g.chassis
FROM northbound.router_ports g
JOIN northbound.routers r ON r.id = g.router_id
JOIN northbound.ports p ON p.id = g.port_id
JOIN northbound.segments s ON s.network_id = p.network_id AND s.position = 0
WHERE g.is_gateway AND (:router_ids::uuid[] IS NULL OR g.router_id = ANY(:router_ids::uuid[]))
ORDER BY g.router_id, g.position;

-- name: select_lists
SELECT chassis, count(*) AS times FROM northbound.router_ports
WHERE is_gateway AND chassis <> '{}' AND router_id <> ALL(:router_ids::uuid[])
GROUP BY chassis;

-- name: update_places
-- Whoever holds a gateway at the moment is about to move it or take it away, and may be waiting for us.
UPDATE northbound.router_ports AS g SET chassis = held.chassis
FROM (
    SELECT o.port_id, ARRAY(SELECT jsonb_array_elements_text(wanted.chassis)) AS chassis
    FROM jsonb_to_recordset(:wanted::jsonb) AS wanted (port_id uuid, chassis jsonb)
    JOIN northbound.router_ports o ON o.port_id = wanted.port_id
    FOR UPDATE OF o SKIP LOCKED
) AS held
WHERE g.port_id = held.port_id
RETURNING g.port_id::text;

-- name: forget_chassis
UPDATE northbound.router_ports AS g
SET chassis = ARRAY(SELECT name FROM unnest(g.chassis) WITH ORDINALITY AS t (name, place)
                    WHERE name <> ALL(:names::text[]) ORDER BY place)
WHERE g.port_id IN (
    SELECT port_id FROM northbound.router_ports WHERE chassis && :names::text[] FOR UPDATE SKIP LOCKED
)
RETURNING g.port_id::text, g.router_id::text;
