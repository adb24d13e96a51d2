-- name: next_position$
SELECT coalesce(max(position) + 1, 0) FROM northbound.fixed_ips WHERE port_id = :port_id;

-- name: delete_fixed_ips
-- The subnets come first, as when addresses are given: who deletes a subnet holds it, then looks for its addresses.
WITH kept AS MATERIALIZED (
    SELECT u.id FROM northbound.subnets u WHERE u.id = ANY(:subnet_ids::uuid[]) ORDER BY u.id FOR KEY SHARE
)
DELETE FROM northbound.fixed_ips f USING kept
WHERE f.subnet_id = kept.id AND f.port_id = :port_id
    AND (f.subnet_id, f.ip) IN (SELECT * FROM unnest(:subnet_ids::uuid[], :ips::inet[]))
RETURNING f.subnet_id, host(f.ip) AS ip;

-- name: delete_all_fixed_ips
WITH kept AS MATERIALIZED (
    SELECT u.id FROM northbound.subnets u
    WHERE u.id IN (SELECT h.subnet_id FROM northbound.fixed_ips h WHERE h.port_id = ANY(:port_ids::uuid[]))
    ORDER BY u.id FOR KEY SHARE
)
DELETE FROM northbound.fixed_ips f USING kept
WHERE f.subnet_id = kept.id AND f.port_id = ANY(:port_ids::uuid[])
RETURNING f.subnet_id, host(f.ip) AS ip;

-- name: insert_memberships!
INSERT INTO northbound.port_security_groups (port_id, security_group_id)
SELECT :port_id, * FROM unnest(:group_ids::uuid[])
ON CONFLICT DO NOTHING;

-- name: delete_memberships!
DELETE FROM northbound.port_security_groups WHERE port_id = :port_id AND security_group_id <> ALL (:kept::uuid[]);

-- name: lock_port$
SELECT id FROM northbound.ports WHERE id = :id FOR UPDATE;

-- name: bind_port$
UPDATE northbound.ports SET
    host = :host, device_id = :device_id, device_owner = :device_owner,
    revision_number = revision_number + 1, updated_at = now()
WHERE id = :id
RETURNING id;

-- name: delete_ports
DELETE FROM northbound.ports WHERE id = ANY(:ids::uuid[]) RETURNING id::text, project_id;

-- name: metadata_port_id$
SELECT id FROM northbound.ports WHERE network_id = :network_id AND device_owner = 'network:distributed';

-- name: select_surroundings
-- Of a port that holds a VIP the load balancer answers for its address, not the port. Where nothing is plugged in,
-- `virtual` is the first of its addresses that neighbours have as an allowed address pair.
SELECT p.id, n.mtu, EXISTS (SELECT FROM northbound.vips v WHERE v.port_id = p.id) AS holds_vip, ARRAY(
    SELECT b.host FROM northbound.port_bindings b WHERE b.port_id = p.id AND b.is_ready ORDER BY b.host
) AS destinations, (
    SELECT jsonb_build_object('ip', host(f.ip), 'parents', jsonb_agg(o.id ORDER BY o.id))
    FROM northbound.fixed_ips f
    JOIN northbound.ports o ON o.network_id = p.network_id AND o.id <> p.id AND o.allowed_address_pairs <> '[]'
        AND o.allowed_address_pairs @> jsonb_build_array(jsonb_build_object('ip_address', host(f.ip)))
    WHERE f.port_id = p.id AND p.host = ''
    GROUP BY f.position, f.ip ORDER BY f.position, f.ip LIMIT 1
) AS virtual, ARRAY(
    SELECT host(f.floating_ip_address) FROM northbound.floating_ips f
    WHERE f.fixed_port_id = p.id ORDER BY f.floating_ip_address
) AS floating_ips
FROM northbound.ports p JOIN northbound.networks n ON n.id = p.network_id
WHERE p.id = ANY(:ids::uuid[]);

-- name: select_plain
-- All that the plans of most ports read (`views.is_plain`), looking at no table that they can do without.
SELECT p.*, n.project_id AS network_project_id, n.qos_policy_id AS qos_network_policy_id, n.mtu, (
    SELECT coalesce(
        jsonb_agg(jsonb_build_object('subnet_id', f.subnet_id, 'ip_address', host(f.ip)) ORDER BY f.position, f.ip), '[]'
    ) FROM northbound.fixed_ips f WHERE f.port_id = p.id
) AS fixed_ips, ARRAY(
    SELECT m.security_group_id FROM northbound.port_security_groups m WHERE m.port_id = p.id ORDER BY 1
) AS security_groups, EXISTS (SELECT FROM northbound.vips v WHERE v.port_id = p.id) AS holds_vip, ARRAY(
    SELECT b.host FROM northbound.port_bindings b WHERE b.port_id = p.id AND b.is_ready ORDER BY b.host
) AS destinations, (
    SELECT jsonb_build_object('ip', host(f.ip), 'parents', jsonb_agg(o.id ORDER BY o.id))
    FROM northbound.fixed_ips f
    JOIN northbound.ports o ON o.network_id = p.network_id AND o.id <> p.id AND o.allowed_address_pairs <> '[]'
        AND o.allowed_address_pairs @> jsonb_build_array(jsonb_build_object('ip_address', host(f.ip)))
    WHERE f.port_id = p.id AND p.host = ''
    GROUP BY f.position, f.ip ORDER BY f.position, f.ip LIMIT 1
) AS virtual, ARRAY(
    SELECT host(f.floating_ip_address) FROM northbound.floating_ips f
    WHERE f.fixed_port_id = p.id ORDER BY f.floating_ip_address
) AS floating_ips
FROM northbound.ports p JOIN northbound.networks n ON n.id = p.network_id
WHERE p.id = ANY(:ids::uuid[]);

-- name: select_plain_subnets
SELECT u.*, l.address_scope_id
FROM northbound.subnets u LEFT JOIN northbound.subnet_pools l ON l.id = u.subnetpool_id
WHERE u.id IN (SELECT f.subnet_id FROM northbound.fixed_ips f WHERE f.port_id = ANY(:ids::uuid[]));

-- name: routers_of_others
SELECT id FROM northbound.routers WHERE id = ANY(:ids::uuid[]) AND project_id <> :project_id;

-- name: physical_networks_of_hosts
SELECT wanted.host, c.physical_networks FROM unnest(:hosts::text[]) AS wanted (host)
JOIN northbound.chassis c ON wanted.host IN (c.hostname, c.name);

-- name: is_routed$
SELECT EXISTS (
    SELECT FROM northbound.ports p JOIN northbound.subnets u ON u.network_id = p.network_id
    WHERE p.id = :id AND u.segment_id IS NOT NULL
);

-- name: end_deferral!
UPDATE northbound.ports SET ip_allocation = 'immediate' WHERE id = :id;

-- name: select_guests
SELECT p.id::text, p.mac_address::text AS mac, p.device_owner, (
    SELECT coalesce(max(f.position) + 1, 0) FROM northbound.fixed_ips f WHERE f.port_id = p.id
) AS position
FROM northbound.ports p
WHERE p.network_id = :network_id AND p.device_owner NOT LIKE 'network:%' AND p.ip_allocation <> 'none'
ORDER BY p.id;

-- name: lock_guests
SELECT p.id FROM northbound.ports p
WHERE p.device_owner NOT LIKE 'network:router%' AND p.id IN (
    SELECT f.port_id FROM northbound.fixed_ips f JOIN northbound.subnets u ON u.id = f.subnet_id
    WHERE u.id = :subnet_id AND u.ipv6_address_mode IN ('slaac', 'dhcpv6-stateless')
)
ORDER BY p.id FOR NO KEY UPDATE;

-- name: leave_autonomous_subnet
DELETE FROM northbound.fixed_ips f USING northbound.ports p
WHERE f.subnet_id = :subnet_id AND p.id = f.port_id AND p.device_owner NOT LIKE 'network:router%'
RETURNING f.port_id::text;

-- name: raise_revisions!
UPDATE northbound.ports SET revision_number = revision_number + 1, updated_at = now() WHERE id = ANY(:ids::uuid[]);
