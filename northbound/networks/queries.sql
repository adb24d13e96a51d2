-- name: insert_network!
INSERT INTO northbound.networks (
    id, project_id, name, description, admin_state_up, is_default, qos_policy_id, mtu, dns_domain,
    vlan_transparent, qinq, port_security_enabled, availability_zone_hints, tags
) VALUES (
    :id, :project_id, :name, :description, :admin_state_up, :is_default, :qos_policy_id, :mtu, :dns_domain,
    :vlan_transparent, :qinq, :port_security_enabled, :availability_zone_hints, :tags
);

-- name: update_network$
UPDATE northbound.networks SET
    name = :name, description = :description, admin_state_up = :admin_state_up,
    is_default = :is_default, qos_policy_id = :qos_policy_id, mtu = :mtu, dns_domain = :dns_domain,
    port_security_enabled = :port_security_enabled,
    revision_number = revision_number + 1, updated_at = now()
WHERE id = :id
RETURNING revision_number;

-- name: lock_network$
SELECT id FROM northbound.networks WHERE id = :id FOR UPDATE;

-- name: keep_networks
SELECT id FROM northbound.networks WHERE id = ANY(:ids::uuid[]) ORDER BY id FOR KEY SHARE;

-- name: hold_network$
SELECT id FROM northbound.networks WHERE id = :id FOR NO KEY UPDATE;

-- name: touch_network!
UPDATE northbound.networks SET revision_number = revision_number + 1, updated_at = now() WHERE id = :id;

-- name: ip_versions
SELECT DISTINCT ip_version FROM northbound.subnets WHERE network_id = :id;

-- name: has_segment$
SELECT EXISTS (SELECT FROM northbound.segments WHERE id = :id);

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

-- name: is_way_out$
SELECT EXISTS (
    SELECT FROM northbound.ports
    WHERE network_id = :id AND device_owner IN ('network:router_gateway', 'network:floatingip')
);
