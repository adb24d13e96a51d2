-- What these two read has its fingerprint in the view northbound.wirings: who adds something here adds it there.

-- name: read_wiring
SELECT p.id AS port_id, p.network_id, p.mac_address AS mac, n.mtu, p.admin_state_up, p.status,
    p.port_security_enabled AS secured, (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'subnet_id', u.id, 'ip', host(f.ip), 'cidr', u.cidr, 'gateway', host(u.gateway_ip),
        'dns_servers', u.dns_nameservers
    ) ORDER BY f.position, f.ip), '[]')
    FROM northbound.fixed_ips f JOIN northbound.subnets u ON u.id = f.subnet_id WHERE f.port_id = p.id
) AS addresses
FROM northbound.ports p JOIN northbound.networks n ON n.id = p.network_id
WHERE p.id = ANY(:ids::uuid[]);

-- name: read_metadata_wiring
SELECT p.network_id, p.id AS port_id, p.mac_address AS mac, n.mtu, ARRAY(
    SELECT host(f.ip) || '/' || masklen(u.cidr)
    FROM northbound.fixed_ips f JOIN northbound.subnets u ON u.id = f.subnet_id WHERE f.port_id = p.id ORDER BY f.ip
) AS ips
FROM northbound.ports p JOIN northbound.networks n ON n.id = p.network_id
WHERE p.network_id = ANY(:ids::uuid[]) AND p.device_owner = 'network:distributed';
