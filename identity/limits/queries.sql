-- name: lock_registered_limit(service_id, region_id, resource_name)$
SELECT id FROM identity.registered_limits
WHERE service_id = :service_id AND region_id IS NOT DISTINCT FROM :region_id AND resource_name = :resource_name
FOR UPDATE;

-- name: lock_all()!
SELECT pg_advisory_xact_lock(hashtext('identity.limits'));

-- name: find_limit(id)^
SELECT * FROM identity.listed_limits WHERE id = :id;

-- name: find_excess(ids, registered_limit_id, domain_id)^
SELECT child.*, coalesce(parent.resource_limit, default_limit) AS ceiling
FROM identity.listed_limits AS child
JOIN identity.registered_limits ON registered_limits.id = child.registered_limit_id
LEFT JOIN identity.limits AS parent
    ON parent.registered_limit_id = child.registered_limit_id AND parent.domain_id = child.owner_domain_id
WHERE child.project_id IS NOT NULL
AND (
    child.id = ANY(:ids::text[]) OR parent.id = ANY(:ids::text[])
    OR (child.registered_limit_id = :registered_limit_id AND child.owner_domain_id = :domain_id)
)
AND coalesce(parent.resource_limit, default_limit) <> -1
AND (child.resource_limit = -1 OR child.resource_limit > coalesce(parent.resource_limit, default_limit))
ORDER BY child.id
LIMIT 1;
