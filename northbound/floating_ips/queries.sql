-- name: insert_floating_ip!
INSERT INTO northbound.floating_ips (
    id, project_id, description, dns_name, dns_domain, floating_network_id, floating_ip_address, reservation_port_id
) VALUES (
    :id, :project_id, :description, :dns_name, :dns_domain, :floating_network_id, :floating_ip_address,
    :reservation_port_id
);

-- name: lock_floating_ip$
SELECT id FROM northbound.floating_ips WHERE id = :id FOR UPDATE;

-- name: find_way_out^
-- The router between a subnet and an external network. If there is a choice: `router_id`, else the one that the subnet's
-- guests route by.
SELECT i.router_id, i.port_id AS interface_port_id, g.port_id AS gateway_port_id
FROM northbound.router_ports i
JOIN northbound.fixed_ips f ON f.port_id = i.port_id
JOIN northbound.subnets u ON u.id = f.subnet_id
JOIN northbound.router_ports g ON g.router_id = i.router_id AND g.is_gateway
JOIN northbound.ports p ON p.id = g.port_id
WHERE NOT i.is_gateway AND u.id = :subnet_id AND p.network_id = :floating_network_id
ORDER BY i.router_id IS DISTINCT FROM :router_id::uuid, f.ip IS DISTINCT FROM u.gateway_ip, i.router_id, g.position
LIMIT 1;

-- name: associate!
UPDATE northbound.floating_ips SET
    fixed_port_id = :fixed_port_id, fixed_subnet_id = :fixed_subnet_id, fixed_ip_address = :fixed_ip_address,
    interface_port_id = :interface_port_id, gateway_port_id = :gateway_port_id,
    revision_number = revision_number + 1, updated_at = now()
WHERE id = :id;

-- name: disassociate!
UPDATE northbound.floating_ips SET fixed_port_id = NULL WHERE id = :id AND fixed_port_id IS NOT NULL;

-- name: update_description!
UPDATE northbound.floating_ips
SET description = :description, revision_number = revision_number + 1, updated_at = now()
WHERE id = :id;

-- name: delete_floating_ip!
DELETE FROM northbound.floating_ips WHERE id = :id;

-- name: delete_unassociated
-- Those that come to stand for something meanwhile stay: a row that was waited for is looked at again.
WITH idle AS MATERIALIZED (
    SELECT id FROM northbound.floating_ips
    WHERE floating_network_id = :network_id AND fixed_port_id IS NULL ORDER BY id FOR UPDATE
)
DELETE FROM northbound.floating_ips f USING idle WHERE f.id = idle.id
RETURNING f.id::text, f.project_id, f.reservation_port_id::text;

-- name: select_members
-- Those of the floating IPs that stand for the address of a load balancer's member.
SELECT DISTINCT f.id FROM northbound.floating_ips f JOIN northbound.members m ON m.address = f.fixed_ip_address
WHERE f.id = ANY(:ids::uuid[]) AND northbound.subnet_of(m) = f.fixed_subnet_id;

-- name: set_qos_policy!
UPDATE northbound.floating_ips SET qos_policy_id = :qos_policy_id, revision_number = revision_number + 1, updated_at = now()
WHERE id = :id;
