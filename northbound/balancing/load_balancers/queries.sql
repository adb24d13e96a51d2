-- name: insert_load_balancer!
INSERT INTO northbound.load_balancers (id, project_id, name, description, admin_state_up, tags)
VALUES (:id, :project_id, :name, :description, :admin_state_up, :tags);

-- name: insert_vip!
INSERT INTO northbound.vips (load_balancer_id, position, port_id, subnet_id, ip, made)
VALUES (:load_balancer_id, :position, :port_id, :subnet_id, :ip, :made);

-- name: lock_load_balancer$
SELECT id FROM northbound.load_balancers WHERE id = :id FOR UPDATE;

-- name: update_load_balancer!
UPDATE northbound.load_balancers SET
    name = :name, description = :description, admin_state_up = :admin_state_up, tags = :tags,
    revision = pg_current_xact_id()::text::bigint, updated_at = now()
WHERE id = :id;

-- name: count_children^
SELECT
    (SELECT count(*) FROM northbound.listeners WHERE load_balancer_id = :id) AS listener,
    (SELECT count(*) FROM northbound.pools WHERE load_balancer_id = :id) AS pool,
    (SELECT count(*) FROM northbound.members WHERE load_balancer_id = :id) AS member,
    (SELECT count(*) FROM northbound.health_monitors WHERE load_balancer_id = :id) AS health_monitor;

-- name: delete_load_balancer!
DELETE FROM northbound.load_balancers WHERE id = :id;

-- name: hold_to_one_gateway!
SELECT northbound.hold_to_one_gateway(:ids::uuid[]);

-- name: most_gateways$
-- Of the routers that the subnet has, how many gateways the one with most of them has.
SELECT coalesce(max(gateways), 0) FROM (
    SELECT count(*) AS gateways
    FROM northbound.router_ports g
    WHERE g.is_gateway AND g.router_id IN (
        SELECT r.router_id FROM northbound.router_ports r JOIN northbound.fixed_ips f ON f.port_id = r.port_id
        WHERE f.subnet_id = :subnet_id AND NOT r.is_gateway
    )
    GROUP BY g.router_id
) AS counted;

-- name: pending_revision$
SELECT northbound.pending_revision(:id);

-- name: is_pending$
SELECT northbound.pending_revision(:id, :revision) IS NOT NULL;
