-- name: select_chassis
SELECT name, hostname, physical_networks, availability_zones, is_gateway, is_alive FROM northbound.chassis
ORDER BY name COLLATE "C";

-- name: delete_chassis!
DELETE FROM northbound.chassis;

-- name: insert_chassis*!
INSERT INTO northbound.chassis (name, hostname, physical_networks, availability_zones, is_gateway, is_alive)
VALUES (:name, :hostname, :physical_networks, :availability_zones, :is_gateway, :is_alive);

-- name: gateways_on
-- Gateways that have one of the chassis in their list, and the routers that are on one chassis as a whole.
SELECT g.port_id::text, g.router_id::text FROM northbound.router_ports g
WHERE g.is_gateway AND g.chassis && :names::text[];
