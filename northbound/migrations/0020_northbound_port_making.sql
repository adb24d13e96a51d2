-- Ports are made many at a time, in one statement: what that takes inside the database.
--
-- A refusal is raised as the violation of a named constraint, whose detail says about what; the stores turn it into a
-- domain error, as they do with the constraints of the tables.

-- Counts `amount` more of a resource; false when the project may not hold that many. One lock per project comes before
-- every counter, so that transactions which count several resources in different orders never deadlock.
CREATE FUNCTION northbound.take_quota(project text, kind text, amount bigint, default_limit bigint) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('northbound.quotas/' || project, 0));
    INSERT INTO northbound.quotas AS q (project_id, resource, used)
    SELECT project, kind, amount
    WHERE default_limit < 0 OR amount <= default_limit
       OR EXISTS (SELECT FROM northbound.quotas WHERE project_id = project AND resource = kind)
    ON CONFLICT ON CONSTRAINT quotas_pkey DO UPDATE SET used = q.used + excluded.used
    WHERE coalesce(q.allowed, default_limit) < 0 OR q.used + excluded.used <= coalesce(q.allowed, default_limit);
    RETURN FOUND;
END;
$$;

-- Up to `amount` free addresses of a subnet's pools, the lowest first; fewer when the pools are used up. They are the
-- caller's from here on. Takers that run at once get different rows and wait for each other at a refill alone.
CREATE FUNCTION northbound.take_addresses(subnet uuid, amount bigint) RETURNS SETOF inet
LANGUAGE plpgsql AS $$
DECLARE
    batch CONSTANT bigint := 64;
    pool inet;
    taken bigint;
BEGIN
    LOOP
        RETURN QUERY DELETE FROM northbound.free_addresses f WHERE (f.subnet_id, f.ip) IN (
            SELECT g.subnet_id, g.ip FROM northbound.free_addresses g WHERE g.subnet_id = subnet
            ORDER BY g.ip LIMIT amount FOR UPDATE SKIP LOCKED
        ) RETURNING f.ip;
        GET DIAGNOSTICS taken = ROW_COUNT;
        amount := amount - taken;
        EXIT WHEN amount = 0;
        SELECT p.first_ip INTO pool FROM northbound.allocation_pools p
        WHERE p.subnet_id = subnet AND p.given < p.size ORDER BY p.first_ip LIMIT 1 FOR UPDATE;
        IF pool IS NULL THEN
            -- The last ones may be in the hands of somebody who has not committed yet: wait for them.
            RETURN QUERY DELETE FROM northbound.free_addresses f WHERE (f.subnet_id, f.ip) IN (
                SELECT g.subnet_id, g.ip FROM northbound.free_addresses g WHERE g.subnet_id = subnet
                ORDER BY g.ip LIMIT 1 FOR UPDATE
            ) RETURNING f.ip;
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
CREATE FUNCTION northbound.refill(subnet uuid, pool inet, amount bigint) RETURNS void
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

-- Gives ports the addresses that they wish for: [{"port_id", "position", "ip", "subnet_ids"}], each either `ip` in the
-- first of the subnets, or any address of the first of them that has one left. Wishes by name come first, so that no
-- automatic choice takes one of them.
--
-- Subnets are served in the order of their ids, so that two that refill several pools never wait for each other.
CREATE FUNCTION northbound.hold_addresses(wishes jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    unmet record;
    alike record;
    subnet uuid;
    unserved integer[];  -- places in the arrays of `alike`
    taken inet[];
    held inet[];
BEGIN
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
        ON CONFLICT ON CONSTRAINT fixed_ips_ip DO NOTHING RETURNING fixed_ips.subnet_id, fixed_ips.ip
    )
    SELECT p.network_id, n.ip INTO unmet FROM named n JOIN northbound.ports p ON p.id = n.port_id
    WHERE (n.subnet_id, n.ip) NOT IN (SELECT e.subnet_id, e.ip FROM entered e) LIMIT 1;
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

-- Everything that new ports have beside their row: groups, addresses, marks, their place in the quota. `made` are the ids
-- of those that were inserted of `ports`, which are rows with "security_groups", "wishes" and "request_id" beside the
-- columns. Returns what only the database knows of them: {"revision" of the marks, "made_at", "addresses" by port}.
CREATE FUNCTION northbound.furnish_ports(made uuid[], ports jsonb, default_limit bigint) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    present jsonb;
    counted record;
BEGIN
    SELECT jsonb_agg(port) INTO present
    FROM jsonb_array_elements(ports) AS port WHERE (port->>'id')::uuid = ANY (made);
    IF present IS NULL THEN
        RETURN jsonb_build_object('revision', 0, 'made_at', now(), 'addresses', '{}'::jsonb);
    END IF;
    INSERT INTO northbound.port_security_groups (port_id, security_group_id)
    SELECT (port->>'id')::uuid, member::uuid
    FROM jsonb_array_elements(present) AS port, jsonb_array_elements_text(port->'security_groups') AS member;
    PERFORM northbound.hold_addresses(wishes.listed) FROM (
        SELECT jsonb_agg(wish) AS listed
        FROM jsonb_array_elements(present) AS port, jsonb_array_elements(port->'wishes') AS wish
    ) AS wishes WHERE wishes.listed IS NOT NULL;
    INSERT INTO northbound.dirty (owner_kind, owner_id, revision, request_id)
    SELECT 'port', port->>'id', pg_current_xact_id()::text::bigint, port->>'request_id'
    FROM jsonb_array_elements(present) AS port;
    FOR counted IN
        SELECT port->>'project_id' AS project_id, count(*) AS amount FROM jsonb_array_elements(present) AS port
        WHERE port->>'project_id' <> '' GROUP BY 1 ORDER BY 1
    LOOP
        IF NOT northbound.take_quota(counted.project_id, 'port', counted.amount, default_limit) THEN
            RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'the quota is used up',
                CONSTRAINT = 'quotas_limit', DETAIL = 'port';
        END IF;
    END LOOP;
    RETURN jsonb_build_object('revision', pg_current_xact_id()::text::bigint, 'made_at', now(), 'addresses', (
        SELECT coalesce(jsonb_object_agg(given.port_id, given.addresses), '{}') FROM (
            SELECT f.port_id, jsonb_agg(
                jsonb_build_object('subnet_id', f.subnet_id, 'ip_address', host(f.ip)) ORDER BY f.position, f.ip
            ) AS addresses
            FROM northbound.fixed_ips f WHERE f.port_id = ANY (made) GROUP BY f.port_id
        ) AS given
    ));
END;
$$;
