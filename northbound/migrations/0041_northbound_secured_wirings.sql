-- Hypervisors are told whether a port has port security: what its guest may send depends on it.
CREATE OR REPLACE VIEW northbound.wirings AS
SELECT p.id AS port_id, md5(jsonb_build_array(p.mac_address, n.mtu, p.port_security_enabled, (
    SELECT jsonb_agg(jsonb_build_array(u.id, f.ip, u.cidr, u.gateway_ip, u.dns_nameservers) ORDER BY f.position, f.ip)
    FROM northbound.fixed_ips f JOIN northbound.subnets u ON u.id = f.subnet_id WHERE f.port_id = p.id
), (
    SELECT jsonb_agg(g.name ORDER BY g.name)
    FROM northbound.port_security_groups m JOIN northbound.security_groups g ON g.id = m.security_group_id
    WHERE m.port_id = p.id
), (
    -- The network's metadata port: a row for each of its addresses.
    SELECT jsonb_agg(jsonb_build_array(d.id, d.mac_address, f.ip, masklen(u.cidr)) ORDER BY d.id, f.ip)
    FROM northbound.ports d
    JOIN northbound.fixed_ips f ON f.port_id = d.id JOIN northbound.subnets u ON u.id = f.subnet_id
    WHERE d.network_id = p.network_id AND d.device_owner = 'network:distributed'
))::text) AS fingerprint
FROM northbound.ports p JOIN northbound.networks n ON n.id = p.network_id;
