-- name: insert_marks$
WITH inserted AS (
    INSERT INTO northbound.dirty (owner_kind, owner_id, revision)
    SELECT :owner_kind, owner_id, pg_current_xact_id()::text::bigint FROM unnest(:owner_ids::text[]) AS owner_id
)
SELECT pg_current_xact_id()::text::bigint;

-- name: current_revision$
SELECT pg_current_xact_id()::text::bigint;

-- name: select_marks
SELECT number, owner_kind, owner_id, revision FROM northbound.dirty ORDER BY number LIMIT :limit;

-- name: delete_marks!
DELETE FROM northbound.dirty WHERE number = ANY(:numbers::bigint[]);

-- name: select_unsettled
SELECT DISTINCT revision FROM northbound.dirty WHERE revision = ANY(:revisions::bigint[]);

-- name: is_marked$
SELECT EXISTS (SELECT FROM northbound.dirty WHERE revision = :revision);
