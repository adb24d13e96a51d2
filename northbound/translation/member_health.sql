-- name: update_health(port_ids, addresses, protocols, ports, healths)!
UPDATE northbound.members AS m SET health = seen.health
FROM unnest(:port_ids::text[], :addresses::inet[], :protocols::text[], :ports::int[], :healths::text[])
    AS seen (port_id, address, protocol, port, health)
WHERE m.address = seen.address AND m.protocol_port = seen.port AND m.health IS DISTINCT FROM seen.health
AND northbound.port_of(m)::text = seen.port_id
AND EXISTS (SELECT FROM northbound.pools p WHERE p.id = m.pool_id AND p.protocol = seen.protocol);

-- name: forget_health(port_ids, addresses, protocols, ports)!
UPDATE northbound.members AS m SET health = NULL
WHERE m.health IS NOT NULL AND NOT EXISTS (
    SELECT FROM unnest(:port_ids::text[], :addresses::inet[], :protocols::text[], :ports::int[])
        AS seen (port_id, address, protocol, port)
    JOIN northbound.pools p ON p.id = m.pool_id AND p.protocol = seen.protocol
    WHERE seen.address = m.address AND seen.port = m.protocol_port AND seen.port_id = northbound.port_of(m)::text
);
