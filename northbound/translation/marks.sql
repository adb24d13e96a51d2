-- name: insert_marks$
WITH inserted AS (
    INSERT INTO northbound.dirty (owner_kind, owner_id, revision, request_id)
    SELECT :owner_kind, owner_id, pg_current_xact_id()::text::bigint, :request_id
    FROM unnest(:owner_ids::text[]) AS owner_id
)
SELECT pg_current_xact_id()::text::bigint;

-- name: select_marks
SELECT number, owner_kind, owner_id, revision, request_id FROM northbound.dirty
WHERE revision IN (
    SELECT revision FROM northbound.dirty WHERE number <> ALL(:besides::bigint[]) ORDER BY number LIMIT :limit
)
ORDER BY number;

-- name: delete_marks!
-- Marks are cleared when OVN holds what they stand for, which is told to who asks how far a change got. Not synced by
-- itself: a clearing that a crash undoes is done again, and writers do not wait for its sync.
WITH cleared AS (
    DELETE FROM northbound.dirty
    WHERE number = ANY(:numbers::bigint[]) AND (SELECT set_config('synchronous_commit', 'off', true)) = 'off'
    RETURNING revision, request_id, owner_kind || '/' || owner_id AS owner
), locked AS (
    SELECT request_id FROM northbound.changes
    WHERE revision IN (SELECT revision FROM cleared) AND committed_at IS NULL ORDER BY request_id FOR UPDATE
)
UPDATE northbound.changes AS c SET committed_at = clock_timestamp(), owners = ARRAY(
    SELECT DISTINCT owner FROM cleared
    WHERE cleared.revision = c.revision AND coalesce(cleared.request_id, c.request_id) = c.request_id
)
FROM locked WHERE c.request_id = locked.request_id;

-- name: is_marked$
SELECT EXISTS (SELECT FROM northbound.dirty WHERE revision = :revision);
