-- Whoever locks several records does so in the order of their ids, so that no two wait for each other: writers, the leader's
-- loop (translation/marks.sql), and who follows how far changes got.

-- name: note$
-- One statement at the end of every write: the record, and the revision to wait for. Whose rows it touched is read from the
-- marks: by who asks before they are cleared, else by who clears them.
INSERT INTO northbound.changes (request_id, project_id, revision, owners, committed_at)
SELECT said, :project_id, marked.revision, '{}', CASE WHEN marked.revision = 0 THEN clock_timestamp() END
FROM unnest(:request_ids::text[]) AS said, (
    SELECT coalesce(max(revision), 0) AS revision FROM northbound.dirty
    WHERE revision = pg_current_xact_id_if_assigned()::text::bigint
) AS marked
ORDER BY said
ON CONFLICT ON CONSTRAINT changes_pkey DO UPDATE SET
    revision = excluded.revision, committed_at = excluded.committed_at, finished_at = NULL, nb_cfg = NULL
RETURNING revision;

-- name: find^
SELECT c.request_id, c.project_id, o.owners, c.durable_at, c.committed_at, c.concerned, c.processed_at, c.in_place, ARRAY(
    SELECT q.owner_kind || '/' || q.owner_id || ': ' || q.reason FROM northbound.quarantine q
    WHERE q.owner_kind || '/' || q.owner_id = ANY(o.owners) ORDER BY 1
) AS refused
FROM northbound.changes c, LATERAL (
    SELECT CASE WHEN c.committed_at IS NOT NULL THEN c.owners ELSE ARRAY(
        SELECT DISTINCT d.owner_kind || '/' || d.owner_id FROM northbound.dirty d
        WHERE d.revision = c.revision AND coalesce(d.request_id, c.request_id) = c.request_id
    ) END AS owners
) AS o
WHERE c.request_id = :request_id;

-- name: ask!
UPDATE northbound.changes SET asked = true, concerned = :concerned WHERE request_id = :request_id AND NOT asked;

-- name: concerned
-- The chassis with a port in any network that the owners touch, and for what is routed those that may hold gateways; all of
-- them when an owner is gone or of a kind that says nothing of its place.
WITH owner AS (
    SELECT split_part(said, '/', 1) AS kind, split_part(said, '/', 2)::uuid AS id FROM unnest(:owners::text[]) AS said
), placed AS (
    SELECT o.kind, o.id, n.id AS network_id FROM owner o JOIN northbound.networks n ON n.id = o.id AND o.kind = 'network'
    UNION ALL
    SELECT o.kind, o.id, s.network_id FROM owner o JOIN northbound.subnets s ON s.id = o.id AND o.kind = 'subnet'
    UNION ALL
    SELECT o.kind, o.id, p.network_id FROM owner o JOIN northbound.ports p ON p.id = o.id AND o.kind = 'port'
    UNION ALL
    SELECT o.kind, o.id, p.network_id FROM owner o JOIN northbound.security_groups g
        ON g.id = o.id AND o.kind = 'security_group'
    LEFT JOIN northbound.port_security_groups m ON m.security_group_id = g.id
    LEFT JOIN northbound.ports p ON p.id = m.port_id
    UNION ALL
    SELECT o.kind, o.id, p.network_id FROM owner o JOIN northbound.security_group_rules u
        ON u.id = o.id AND o.kind = 'security_group_rule'
    LEFT JOIN northbound.port_security_groups m ON m.security_group_id = u.security_group_id
    LEFT JOIN northbound.ports p ON p.id = m.port_id
    UNION ALL
    SELECT o.kind, o.id, p.network_id FROM owner o JOIN northbound.routers r ON r.id = o.id AND o.kind = 'router'
    LEFT JOIN northbound.router_ports e ON e.router_id = r.id LEFT JOIN northbound.ports p ON p.id = e.port_id
    UNION ALL
    SELECT o.kind, o.id, p.network_id FROM owner o JOIN northbound.floating_ips f
        ON f.id = o.id AND o.kind = 'floating_ip'
    LEFT JOIN northbound.ports p ON p.id = f.fixed_port_id
), everywhere AS (
    -- Of a rule that is gone its group, which is marked too, says where it was.
    SELECT EXISTS (
        SELECT FROM owner WHERE kind <> 'security_group_rule' AND (kind, id) NOT IN (SELECT kind, id FROM placed)
    ) AS it_is
), routed AS (
    SELECT EXISTS (SELECT FROM placed WHERE kind IN ('router', 'floating_ip'))
        OR EXISTS (SELECT FROM placed JOIN northbound.router_ports e ON e.port_id = placed.id) AS it_is
)
SELECT c.name FROM northbound.chassis c, everywhere, routed
WHERE everywhere.it_is OR (routed.it_is AND c.is_gateway) OR c.hostname IN (
    SELECT p.host FROM northbound.ports p JOIN placed ON placed.network_id = p.network_id WHERE p.host <> ''
)
ORDER BY c.name;

-- name: pending
SELECT request_id, committed_at, concerned, nb_cfg, processed_at, in_place FROM northbound.changes
WHERE asked AND finished_at IS NULL ORDER BY request_id LIMIT :limit;

-- name: lock
SELECT FROM northbound.changes WHERE request_id = ANY(:request_ids::text[]) ORDER BY request_id FOR UPDATE;

-- name: number!
UPDATE northbound.changes SET nb_cfg = :nb_cfg WHERE request_id = ANY(:request_ids::text[]);

-- name: advance*!
UPDATE northbound.changes SET processed_at = :processed_at, in_place = :in_place,
    finished_at = CASE WHEN :is_finished THEN clock_timestamp() END
WHERE request_id = :request_id AND nb_cfg = :nb_cfg;

-- name: prune!
DELETE FROM northbound.changes WHERE request_id IN (
    SELECT request_id FROM northbound.changes WHERE durable_at < clock_timestamp() - make_interval(secs => :kept_s)
    ORDER BY request_id FOR UPDATE SKIP LOCKED
);
