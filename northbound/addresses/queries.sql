-- name: hold_addresses!
SELECT northbound.hold_addresses(:wishes);

-- name: mac_prefix$
SELECT northbound.mac_prefix();

-- name: release!
INSERT INTO northbound.free_addresses (subnet_id, ip)
SELECT a.subnet_id, released.ip
FROM unnest(:subnet_ids::uuid[], :ips::inet[]) AS released (subnet_id, ip)
JOIN northbound.allocation_pools a ON a.subnet_id = released.subnet_id
WHERE released.ip BETWEEN a.first_ip AND a.last_ip AND released.ip < a.first_ip + a.given
FOR SHARE OF a
ON CONFLICT DO NOTHING;
