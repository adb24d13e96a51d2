-- name: insert_subnet!
INSERT INTO northbound.subnets (
    id, network_id, project_id, name, description, ip_version, cidr, gateway_ip, enable_dhcp, dns_nameservers,
    host_routes, ipv6_ra_mode, ipv6_address_mode, service_types, subnetpool_id, segment_id, dns_publish_fixed_ip, tags
) VALUES (
    :id, :network_id, :project_id, :name, :description, :ip_version, :cidr, :gateway_ip, :enable_dhcp,
    :dns_nameservers, :host_routes, :ipv6_ra_mode, :ipv6_address_mode, :service_types,
    :subnetpool_id, :segment_id, :dns_publish_fixed_ip, :tags
);

-- name: insert_pools!
INSERT INTO northbound.allocation_pools (subnet_id, first_ip, last_ip, size)
SELECT :subnet_id, * FROM unnest(:firsts::inet[], :lasts::inet[], :sizes::bigint[]);

-- name: delete_pools!
DELETE FROM northbound.allocation_pools WHERE subnet_id = :subnet_id;

-- name: delete_free_addresses!
DELETE FROM northbound.free_addresses WHERE subnet_id = :subnet_id;

-- name: lock_subnet$
SELECT id FROM northbound.subnets WHERE id = :id FOR UPDATE;

-- name: update_subnet!
UPDATE northbound.subnets SET
    name = :name, description = :description, gateway_ip = :gateway_ip, enable_dhcp = :enable_dhcp,
    dns_nameservers = :dns_nameservers, host_routes = :host_routes, service_types = :service_types,
    segment_id = :segment_id, dns_publish_fixed_ip = :dns_publish_fixed_ip,
    revision_number = revision_number + 1, updated_at = now()
WHERE id = :id;

-- name: delete_subnet!
DELETE FROM northbound.subnets WHERE id = :id;

-- name: port_at$
SELECT port_id::text FROM northbound.fixed_ips WHERE subnet_id = :subnet_id AND ip = :ip;

-- name: ports_in_subnet
SELECT f.port_id::text, p.extra_dhcp_opts <> '[]' AS has_own_options
FROM northbound.fixed_ips f JOIN northbound.ports p ON p.id = f.port_id
WHERE f.subnet_id = :subnet_id;

-- name: gateways_about
-- The gateways of every router that has one in the subnet: which of them leads out is seen from all.
SELECT DISTINCT g.port_id::text FROM northbound.fixed_ips f
JOIN northbound.router_ports here ON here.port_id = f.port_id AND here.is_gateway
JOIN northbound.router_ports g ON g.router_id = here.router_id AND g.is_gateway
WHERE f.subnet_id = :subnet_id;

-- name: select_surroundings
SELECT u.id, n.mtu, (
    SELECT host(f.ip) FROM northbound.fixed_ips f JOIN northbound.ports p ON p.id = f.port_id
    WHERE f.subnet_id = u.id AND p.network_id = u.network_id AND p.device_owner = 'network:distributed'
    ORDER BY f.ip LIMIT 1
) AS metadata_ip, northbound.mac_prefix() AS mac_prefix
FROM northbound.subnets u JOIN northbound.networks n ON n.id = u.network_id
WHERE u.id = ANY(:ids::uuid[]);

-- name: select_surroundings_of_ports
SELECT u.id, n.mtu, (
    SELECT host(f.ip) FROM northbound.fixed_ips f JOIN northbound.ports p ON p.id = f.port_id
    WHERE f.subnet_id = u.id AND p.network_id = u.network_id AND p.device_owner = 'network:distributed'
    ORDER BY f.ip LIMIT 1
) AS metadata_ip, northbound.mac_prefix() AS mac_prefix
FROM northbound.subnets u JOIN northbound.networks n ON n.id = u.network_id
WHERE u.id IN (SELECT f.subnet_id FROM northbound.fixed_ips f WHERE f.port_id = ANY(:port_ids::uuid[]));
