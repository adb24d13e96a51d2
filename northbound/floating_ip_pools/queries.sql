-- name: select_pools
SELECT id::text AS subnet_id, name AS subnet_name, network_id::text, cidr::text FROM northbound.subnets
WHERE network_id = ANY(:network_ids::uuid[]) AND ip_version = 4 ORDER BY network_id, id;
