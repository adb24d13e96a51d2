-- name: ensure(project_id)!
-- Every project has its row before anything is counted, so that the guarded update is the only way to count.
INSERT INTO compute.quotas (project_id) VALUES (:project_id) ON CONFLICT DO NOTHING;

-- name: hold(project_id, servers, cores, ram_mb, instances_default, cores_default, ram_default_mb)$
-- Counts `servers` more, with their cores and memory, when all three limits allow it; no row when one does not.
UPDATE compute.quotas SET
    instances_used = instances_used + :servers::integer,
    cores_used = cores_used + :cores::integer,
    ram_used_mb = ram_used_mb + :ram_mb::bigint
WHERE project_id = :project_id
  AND (coalesce(instances_limit, :instances_default::integer) = -1
       OR instances_used + :servers <= coalesce(instances_limit, :instances_default))
  AND (coalesce(cores_limit, :cores_default::integer) = -1
       OR cores_used + :cores <= coalesce(cores_limit, :cores_default))
  AND (coalesce(ram_limit_mb, :ram_default_mb::integer) = -1
       OR ram_used_mb + :ram_mb <= coalesce(ram_limit_mb, :ram_default_mb))
RETURNING project_id;

-- name: release(project_id, servers, cores, ram_mb)!
UPDATE compute.quotas SET
    instances_used = instances_used - :servers::integer,
    cores_used = cores_used - :cores::integer,
    ram_used_mb = ram_used_mb - :ram_mb::bigint
WHERE project_id = :project_id;

-- name: find(project_id)^
SELECT * FROM compute.quotas WHERE project_id = :project_id;

-- name: set_limits(project_id, instances, cores, ram_mb)^
-- A limit that is NULL stays as it is.
INSERT INTO compute.quotas AS quota (project_id, instances_limit, cores_limit, ram_limit_mb)
VALUES (:project_id, :instances, :cores, :ram_mb)
ON CONFLICT (project_id) DO UPDATE SET
    instances_limit = coalesce(excluded.instances_limit, quota.instances_limit),
    cores_limit = coalesce(excluded.cores_limit, quota.cores_limit),
    ram_limit_mb = coalesce(excluded.ram_limit_mb, quota.ram_limit_mb)
RETURNING *;

-- name: forget_limits(project_id)!
UPDATE compute.quotas SET instances_limit = NULL, cores_limit = NULL, ram_limit_mb = NULL
WHERE project_id = :project_id;
