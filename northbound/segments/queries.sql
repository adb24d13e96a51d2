-- name: next_position$
SELECT coalesce(max(position) + 1, 0) FROM northbound.segments WHERE network_id = :network_id;

-- name: fill_first_position!
-- Position 0 is always taken: the first of those that remain moves there.
UPDATE northbound.segments SET position = 0
WHERE id = (SELECT id FROM northbound.segments WHERE network_id = :network_id ORDER BY position LIMIT 1);

-- name: routers
SELECT DISTINCT i.router_id::text FROM northbound.router_ports i JOIN northbound.ports p ON p.id = i.port_id
WHERE p.network_id = :network_id;
