-- name: marked_owners
SELECT DISTINCT owner_kind || '/' || owner_id AS owner FROM northbound.dirty
WHERE revision = pg_current_xact_id_if_assigned()::text::bigint;

-- name: counted
-- What this transaction, its savepoints included, has counted: its rows are no older than itself.
SELECT project_id, resource, used, allowed AS "limit" FROM northbound.quotas
WHERE age(xmin) <= age(pg_current_xact_id()::xid) AND (:reach::text IS NULL OR project_id = :reach);

-- name: used_before
SELECT project_id, resource, used FROM northbound.quotas
WHERE (project_id, resource) IN (SELECT * FROM unnest(:projects::text[], :resources::text[]));
