-- Up to `amount` free addresses of a subnet's pools, the lowest first; fewer when the pools are used up. They are the
-- caller's from here on. Takers that run at once get different rows and wait for each other at a refill alone.
--
-- Rows are chosen once. As a subquery of IN they are chosen again for every row of the table when PostgreSQL joins the
-- two by nested loops, as it does once it has seen the table empty: all free addresses were taken at once then.
CREATE OR REPLACE FUNCTION northbound.take_addresses(subnet uuid, amount bigint) RETURNS SETOF inet
LANGUAGE plpgsql AS $$
DECLARE
    batch CONSTANT bigint := 64;
    pool inet;
    taken bigint;
BEGIN
    LOOP
        RETURN QUERY WITH chosen AS MATERIALIZED (
            SELECT g.ip FROM northbound.free_addresses g WHERE g.subnet_id = subnet
            ORDER BY g.ip LIMIT amount FOR UPDATE SKIP LOCKED
        ) DELETE FROM northbound.free_addresses f USING chosen c
        WHERE f.subnet_id = subnet AND f.ip = c.ip RETURNING f.ip;
        GET DIAGNOSTICS taken = ROW_COUNT;
        amount := amount - taken;
        EXIT WHEN amount = 0;
        SELECT p.first_ip INTO pool FROM northbound.allocation_pools p
        WHERE p.subnet_id = subnet AND p.given < p.size ORDER BY p.first_ip LIMIT 1 FOR UPDATE;
        IF pool IS NULL THEN
            -- The last ones may be in the hands of somebody who has not committed yet: wait for them.
            RETURN QUERY WITH chosen AS MATERIALIZED (
                SELECT g.ip FROM northbound.free_addresses g WHERE g.subnet_id = subnet
                ORDER BY g.ip LIMIT 1 FOR UPDATE
            ) DELETE FROM northbound.free_addresses f USING chosen c
            WHERE f.subnet_id = subnet AND f.ip = c.ip RETURNING f.ip;
            GET DIAGNOSTICS taken = ROW_COUNT;
            amount := amount - taken;
            EXIT WHEN amount = 0 OR taken = 0 AND NOT EXISTS (
                SELECT FROM northbound.allocation_pools p WHERE p.subnet_id = subnet AND p.given < p.size
            );
        ELSIF NOT EXISTS (SELECT FROM northbound.free_addresses f WHERE f.subnet_id = subnet) THEN
            -- Nobody refilled while we waited for the pool.
            PERFORM northbound.refill(subnet, pool, greatest(batch, amount));
        END IF;
    END LOOP;
END;
$$;

-- Moves the pool's next addresses to free_addresses, those in use left out. The caller holds the pool's row.
CREATE OR REPLACE FUNCTION northbound.refill(subnet uuid, pool inet, amount bigint) RETURNS void
LANGUAGE sql AS $$
    WITH before AS (
        SELECT p.given, least(p.size, p.given + amount) AS reached
        FROM northbound.allocation_pools p WHERE p.subnet_id = subnet AND p.first_ip = pool
    ), advanced AS (
        UPDATE northbound.allocation_pools p SET given = before.reached FROM before
        WHERE p.subnet_id = subnet AND p.first_ip = pool
    )
    INSERT INTO northbound.free_addresses (subnet_id, ip)
    SELECT subnet, pool + place
    FROM before, generate_series(before.given, before.reached - 1) AS place
    -- A scalar subquery, so that each place is looked up by itself: NOT EXISTS becomes a join with the whole subnet.
    WHERE (SELECT f.ip FROM northbound.fixed_ips f WHERE f.subnet_id = subnet AND f.ip = pool + place) IS NULL
    ON CONFLICT DO NOTHING;
$$;
