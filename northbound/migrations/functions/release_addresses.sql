-- Gives back addresses whose rows of fixed_ips this transaction has deleted. One outside every pool, or not reached by
-- `given` yet, needs nothing: it is found when its turn comes.
--
-- The subnets come first, as in hold_addresses.
CREATE OR REPLACE FUNCTION northbound.release_addresses(subnet_ids uuid[], ips inet[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM northbound.subnets u WHERE u.id = ANY (subnet_ids) ORDER BY u.id FOR KEY SHARE;
    INSERT INTO northbound.free_addresses (subnet_id, ip)
    SELECT a.subnet_id, released.ip
    FROM unnest(subnet_ids, ips) AS released (subnet_id, ip)
    JOIN northbound.allocation_pools a ON a.subnet_id = released.subnet_id
    WHERE released.ip BETWEEN a.first_ip AND a.last_ip AND released.ip < a.first_ip + a.given
    FOR SHARE OF a
    ON CONFLICT DO NOTHING;
END;
$$;
