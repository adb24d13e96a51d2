-- name: insert_marks$
WITH inserted AS (
    INSERT INTO northbound.dirty (owner_kind, owner_id, revision, request_id)
    SELECT :owner_kind, owner_id, pg_current_xact_id()::text::bigint, :request_id
    FROM unnest(:owner_ids::text[]) AS owner_id
)
SELECT pg_current_xact_id()::text::bigint;

-- name: current_revision$
SELECT coalesce(max(revision), 0) FROM northbound.dirty
WHERE revision = pg_current_xact_id_if_assigned()::text::bigint;

-- name: select_marks
SELECT number, owner_kind, owner_id, revision, request_id FROM northbound.dirty
WHERE revision IN (
    SELECT revision FROM northbound.dirty WHERE number <> ALL(:besides::bigint[]) ORDER BY number LIMIT :limit
)
ORDER BY number;

-- name: delete_marks!
-- Not synced by itself: a clearing that a crash undoes is done again, and writers do not wait for its sync.
DELETE FROM northbound.dirty
WHERE number = ANY(:numbers::bigint[]) AND (SELECT set_config('synchronous_commit', 'off', true)) = 'off';

-- name: is_marked$
SELECT EXISTS (SELECT FROM northbound.dirty WHERE revision = :revision);
