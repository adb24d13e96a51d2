-- name: select_catalog(project_id, all_if_none)
WITH shown AS MATERIALIZED (
    SELECT :project_id::text IS NULL OR (:all_if_none AND NOT EXISTS (
        SELECT FROM identity.chosen_endpoints WHERE project_id = :project_id
    )) AS whole
)
SELECT
    service.id AS service_id, service.type, service.name,
    endpoint.id, endpoint.interface, endpoint.region_id, endpoint.url
FROM shown CROSS JOIN identity.services AS service
LEFT JOIN identity.endpoints AS endpoint ON endpoint.service_id = service.id AND endpoint.enabled
AND (whole OR endpoint.id IN (SELECT endpoint_id FROM identity.chosen_endpoints WHERE project_id = :project_id))
WHERE service.enabled AND (whole OR endpoint.id IS NOT NULL)
ORDER BY service.type, service.id, endpoint.region_id, endpoint.interface, endpoint.id
LIMIT 2000;
