-- Gives ports the addresses that they wish for: [{"port_id", "position", "ip", "subnet_ids"}], each either `ip` in the
-- first of the subnets, or any address of the first of them that has one left. Wishes by name come first, so that no
-- automatic choice takes one of them. Whoever is not given the address that it named is refused: also when it is another
-- port of the same statement that got it, and the address is among those that were entered.
--
-- The subnets come before everything that is theirs, as for who changes their pools: both would otherwise hold what the
-- other waits for, their addresses here, the subnet there. Whoever entered an address holds its subnet anyway.
--
-- Subnets are served in the order of their ids, so that two that refill several pools never wait for each other.
CREATE OR REPLACE FUNCTION northbound.hold_addresses(wishes jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    unmet record;
    alike record;
    subnet uuid;
    unserved integer[];  -- places in the arrays of `alike`
    taken inet[];
    held inet[];
BEGIN
    PERFORM FROM northbound.subnets u WHERE u.id IN (
        SELECT named.id::uuid FROM jsonb_array_elements(wishes) AS w (wish),
            jsonb_array_elements_text(w.wish->'subnet_ids') AS named (id)
    ) ORDER BY u.id FOR KEY SHARE;

    DELETE FROM northbound.free_addresses f
    USING jsonb_to_recordset(wishes) AS w (ip inet, subnet_ids uuid[])
    WHERE w.ip IS NOT NULL AND f.subnet_id = w.subnet_ids[1] AND f.ip = w.ip;

    WITH named AS (
        SELECT (w.wish->>'port_id')::uuid AS port_id, (w.wish->'subnet_ids'->>0)::uuid AS subnet_id,
            (w.wish->>'ip')::inet AS ip, (w.wish->>'position')::smallint AS position
        FROM jsonb_array_elements(wishes) AS w (wish) WHERE w.wish->>'ip' IS NOT NULL
    ), entered AS (
        INSERT INTO northbound.fixed_ips (port_id, subnet_id, ip, position)
        SELECT n.port_id, n.subnet_id, n.ip, n.position FROM named n ORDER BY n.subnet_id, n.ip
        ON CONFLICT ON CONSTRAINT fixed_ips_ip DO NOTHING
        RETURNING fixed_ips.port_id, fixed_ips.subnet_id, fixed_ips.ip
    )
    SELECT p.network_id, n.ip INTO unmet FROM named n JOIN northbound.ports p ON p.id = n.port_id
    WHERE (n.port_id, n.subnet_id, n.ip) NOT IN (SELECT e.port_id, e.subnet_id, e.ip FROM entered e) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'an address is in use',
            CONSTRAINT = 'fixed_ips_ip', DETAIL = unmet.network_id || ' ' || host(unmet.ip);
    END IF;

    FOR alike IN
        SELECT w.subnet_ids, array_agg(w.port_id ORDER BY w.place) AS port_ids,
            array_agg(w.position ORDER BY w.place) AS positions
        FROM (
            SELECT (e.wish->>'port_id')::uuid AS port_id, (e.wish->>'position')::smallint AS position, e.place,
                ARRAY(SELECT jsonb_array_elements_text(e.wish->'subnet_ids')::uuid) AS subnet_ids
            FROM jsonb_array_elements(wishes) WITH ORDINALITY AS e (wish, place) WHERE e.wish->>'ip' IS NULL
        ) AS w
        GROUP BY w.subnet_ids ORDER BY w.subnet_ids
    LOOP
        unserved := ARRAY(SELECT generate_subscripts(alike.port_ids, 1));
        FOREACH subnet IN ARRAY alike.subnet_ids LOOP
            WHILE cardinality(unserved) > 0 LOOP
                taken := ARRAY(SELECT northbound.take_addresses(subnet, cardinality(unserved)) AS ip ORDER BY ip);
                EXIT WHEN taken = '{}';
                -- Somebody may have entered one of these by name in the meantime: who wished for it takes another.
                WITH entered AS (
                    INSERT INTO northbound.fixed_ips (port_id, subnet_id, ip, position)
                    SELECT alike.port_ids[t.place], subnet, t.ip, alike.positions[t.place]
                    FROM unnest(unserved, taken) AS t (place, ip) WHERE t.ip IS NOT NULL
                    ON CONFLICT ON CONSTRAINT fixed_ips_ip DO NOTHING RETURNING fixed_ips.ip
                )
                SELECT array_agg(e.ip) INTO held FROM entered e;
                unserved := ARRAY(
                    SELECT t.place FROM unnest(unserved, taken) AS t (place, ip)
                    WHERE t.ip IS NULL OR t.ip <> ALL (coalesce(held, '{}'))
                );
            END LOOP;
        END LOOP;
        IF cardinality(unserved) > 0 THEN
            RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'no address is left',
                CONSTRAINT = 'fixed_ips_left',
                DETAIL = (SELECT p.network_id FROM northbound.ports p WHERE p.id = alike.port_ids[unserved[1]]);
        END IF;
    END LOOP;
END;
$$;
