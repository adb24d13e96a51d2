-- name: take_free$
DELETE FROM northbound.free_addresses WHERE (subnet_id, ip) IN (
    SELECT subnet_id, ip FROM northbound.free_addresses WHERE subnet_id = :subnet_id
    ORDER BY ip LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING host(ip);

-- name: take_last_free$
DELETE FROM northbound.free_addresses WHERE (subnet_id, ip) IN (
    SELECT subnet_id, ip FROM northbound.free_addresses WHERE subnet_id = :subnet_id
    ORDER BY ip LIMIT 1 FOR UPDATE
)
RETURNING host(ip);

-- name: claim_free!
DELETE FROM northbound.free_addresses WHERE subnet_id = :subnet_id AND ip = :ip;

-- name: lock_pool$
SELECT first_ip FROM northbound.allocation_pools WHERE subnet_id = :subnet_id AND given < size
ORDER BY first_ip LIMIT 1 FOR UPDATE;

-- name: has_pool_left$
SELECT EXISTS (SELECT FROM northbound.allocation_pools WHERE subnet_id = :subnet_id AND given < size);

-- name: refill!
WITH pool AS (
    SELECT subnet_id, first_ip, given, least(size, given + :amount::bigint) AS reached
    FROM northbound.allocation_pools WHERE subnet_id = :subnet_id AND first_ip = :first_ip
), advanced AS (
    UPDATE northbound.allocation_pools a SET given = pool.reached FROM pool
    WHERE a.subnet_id = pool.subnet_id AND a.first_ip = pool.first_ip
)
INSERT INTO northbound.free_addresses (subnet_id, ip)
SELECT pool.subnet_id, pool.first_ip + place
FROM pool, generate_series(pool.given, pool.reached - 1) AS place
WHERE NOT EXISTS (
    SELECT FROM northbound.fixed_ips f WHERE f.subnet_id = pool.subnet_id AND f.ip = pool.first_ip + place
)
ON CONFLICT DO NOTHING;

-- name: release!
INSERT INTO northbound.free_addresses (subnet_id, ip)
SELECT a.subnet_id, released.ip
FROM unnest(:subnet_ids::uuid[], :ips::inet[]) AS released (subnet_id, ip)
JOIN northbound.allocation_pools a ON a.subnet_id = released.subnet_id
WHERE released.ip BETWEEN a.first_ip AND a.last_ip AND released.ip < a.first_ip + a.given
FOR SHARE OF a
ON CONFLICT DO NOTHING;
