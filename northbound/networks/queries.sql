-- name: insert_network!
INSERT INTO northbound.networks (
    id, project_id, name, description, admin_state_up, shared, external, mtu, port_security_enabled,
    availability_zone_hints, tags
) VALUES (
    :id, :project_id, :name, :description, :admin_state_up, :shared, :external, :mtu, :port_security_enabled,
    :availability_zone_hints, :tags
);

-- name: insert_segment!
INSERT INTO northbound.segments (id, network_id, network_type, physical_network, segmentation_id)
VALUES (:id, :network_id, :network_type, :physical_network, :segmentation_id);

-- name: try_segment$
INSERT INTO northbound.segments (id, network_id, network_type, physical_network, segmentation_id)
VALUES (:id, :network_id, :network_type, :physical_network, :segmentation_id)
ON CONFLICT ON CONSTRAINT segments_place DO NOTHING
RETURNING id;

-- name: lock_physical_network$
SELECT pg_advisory_xact_lock(hashtextextended('northbound.segments/' || :physical_network::text, 0));

-- name: choose_vlan$
SELECT tag FROM generate_series(1, 4094) AS tag
WHERE NOT EXISTS (
    SELECT FROM northbound.segments
    WHERE network_type = 'vlan' AND physical_network = :physical_network AND segmentation_id = tag
)
ORDER BY tag LIMIT 1;

-- name: update_network$
UPDATE northbound.networks SET
    name = :name, description = :description, admin_state_up = :admin_state_up, shared = :shared,
    external = :external, mtu = :mtu, port_security_enabled = :port_security_enabled,
    revision_number = revision_number + 1, updated_at = now()
WHERE id = :id
RETURNING revision_number;

-- name: update_segment!
UPDATE northbound.segments SET segmentation_id = :segmentation_id WHERE network_id = :network_id;

-- name: lock_network$
SELECT id FROM northbound.networks WHERE id = :id FOR UPDATE;

-- name: keep_network$
SELECT id FROM northbound.networks WHERE id = :id FOR KEY SHARE;

-- name: delete_network!
DELETE FROM northbound.networks WHERE id = :id;

-- name: users_of_mtu
SELECT 'subnet' AS kind, id::text FROM northbound.subnets WHERE network_id = :id
UNION SELECT 'port', id::text FROM northbound.ports
WHERE network_id = :id AND (
    device_owner LIKE 'network:router_%' OR device_owner = 'network:distributed' OR extra_dhcp_opts <> '[]'
)
-- A router's gateway says the least MTU of all its networks.
UNION SELECT 'port', g.port_id::text FROM northbound.router_ports i
JOIN northbound.ports p ON p.id = i.port_id
JOIN northbound.router_ports g ON g.router_id = i.router_id AND g.is_gateway
WHERE p.network_id = :id;

-- name: foreign_users$
-- Gateways are no users of this kind: they are there because the network is external.
SELECT EXISTS (
    SELECT FROM northbound.ports
    WHERE network_id = :id AND project_id <> :project_id AND device_owner NOT LIKE 'network:%'
) OR EXISTS (
    SELECT FROM northbound.router_ports i
    JOIN northbound.ports p ON p.id = i.port_id
    JOIN northbound.routers r ON r.id = i.router_id
    WHERE p.network_id = :id AND r.project_id <> :project_id AND NOT i.is_gateway
);

-- name: is_way_out$
SELECT EXISTS (
    SELECT FROM northbound.ports
    WHERE network_id = :id AND device_owner IN ('network:router_gateway', 'network:floatingip')
);
