-- One lock per project comes before every counter, so that transactions which count several resources in different
-- orders wait for each other and never deadlock.

-- name: take_quota$
SELECT northbound.take_quota(:project_id, :resource, :amount, :default_limit);

-- name: count_quota!
INSERT INTO northbound.quotas AS q (project_id, resource, used)
SELECT :project_id, :resource, :amount
FROM (SELECT pg_advisory_xact_lock(hashtextextended('northbound.quotas/' || :project_id::text, 0))) AS held
ON CONFLICT ON CONSTRAINT quotas_pkey DO UPDATE SET used = q.used + excluded.used;

-- name: return_quota!
UPDATE northbound.quotas SET used = used - :amount
FROM (SELECT pg_advisory_xact_lock(hashtextextended('northbound.quotas/' || :project_id::text, 0))) AS held
WHERE project_id = :project_id AND resource = :resource;

-- name: select_quotas
SELECT resource, used, allowed FROM northbound.quotas WHERE project_id = :project_id;

-- name: select_own_limits
SELECT project_id, resource, used, allowed FROM northbound.quotas
WHERE project_id IN (
    SELECT DISTINCT project_id FROM northbound.quotas
    WHERE allowed IS NOT NULL AND resource = ANY(:resources::text[]) ORDER BY project_id LIMIT :most
)
ORDER BY project_id;

-- name: set_quota!
INSERT INTO northbound.quotas (project_id, resource, allowed)
VALUES (:project_id, :resource, :allowed)
ON CONFLICT ON CONSTRAINT quotas_pkey DO UPDATE SET allowed = excluded.allowed;

-- name: reset_quotas!
UPDATE northbound.quotas SET allowed = NULL WHERE project_id = :project_id AND resource = ANY(:resources::text[]);
