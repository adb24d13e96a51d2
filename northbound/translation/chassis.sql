-- name: select_chassis
SELECT name, hostname, physical_networks, availability_zones, is_gateway FROM northbound.chassis
ORDER BY name COLLATE "C";

-- name: delete_chassis!
DELETE FROM northbound.chassis;

-- name: insert_chassis*!
INSERT INTO northbound.chassis (name, hostname, physical_networks, availability_zones, is_gateway)
VALUES (:name, :hostname, :physical_networks, :availability_zones, :is_gateway);
