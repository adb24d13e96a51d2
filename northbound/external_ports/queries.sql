-- name: select_networks
SELECT n.id, n.availability_zone_hints, ARRAY(
    SELECT s.physical_network FROM northbound.segments s
    WHERE s.network_id = n.id AND s.physical_network IS NOT NULL ORDER BY s.position
) AS physical_networks, ARRAY(
    SELECT DISTINCT r.router_id::text FROM northbound.router_ports r JOIN northbound.ports p ON p.id = r.port_id
    WHERE p.network_id = n.id AND NOT r.is_gateway
) AS router_ids
FROM northbound.networks n JOIN northbound.networks_of_external_ports e ON e.id = n.id
WHERE n.id = ANY(:ids::uuid[]);
