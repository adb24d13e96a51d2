-- name: insert(server_id, port_id, keep_port, tag)^
INSERT INTO compute.interfaces (server_id, port_id, keep_port, tag, position, wiring)
SELECT :server_id, :port_id, :keep_port, :tag, coalesce(max(position) + 1, 0),
    (SELECT fingerprint FROM northbound.wirings WHERE port_id = :port_id)
FROM compute.interfaces WHERE server_id = :server_id
RETURNING *;

-- name: select_of(server_ids)
-- The cards of servers that are to be there, in the guest's order.
SELECT * FROM compute.interfaces WHERE server_id = ANY(:server_ids::uuid[]) AND NOT leaving
ORDER BY server_id, position;

-- name: select_lost(most)
-- Cards whose port was deleted through the network API, of servers that are at rest.
SELECT i.* FROM compute.interfaces i JOIN compute.servers s ON s.id = i.server_id
WHERE NOT i.leaving AND s.task_state IS NULL AND s.vm_state IN ('active', 'paused', 'stopped')
    AND NOT EXISTS (SELECT FROM northbound.ports p WHERE p.id = i.port_id)
ORDER BY i.server_id, i.position LIMIT :most;

-- name: note_wiring(server_ids)
-- Remembers how the ports of cards are wired now; returns the servers of those that were wired otherwise before.
UPDATE compute.interfaces i SET wiring = w.fingerprint FROM northbound.wirings w
WHERE w.port_id = i.port_id AND i.server_id = ANY(:server_ids::uuid[]) AND NOT i.leaving
    AND i.wiring IS DISTINCT FROM w.fingerprint
RETURNING i.server_id;

-- name: leave(server_id, port_id)^
UPDATE compute.interfaces SET leaving = true
WHERE server_id = :server_id AND port_id = :port_id AND NOT leaving RETURNING *;

-- name: stay(server_id, port_id)!
UPDATE compute.interfaces SET leaving = false WHERE server_id = :server_id AND port_id = :port_id;

-- name: delete_leaving(server_id)
DELETE FROM compute.interfaces WHERE server_id = :server_id AND leaving RETURNING *;

-- name: delete_all(server_id)
DELETE FROM compute.interfaces WHERE server_id = :server_id RETURNING *;
