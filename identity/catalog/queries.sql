-- name: select_catalog()
SELECT
    service.id AS service_id, service.type, service.name,
    endpoint.id, endpoint.interface, endpoint.region_id, endpoint.url
FROM identity.services AS service
LEFT JOIN identity.endpoints AS endpoint ON endpoint.service_id = service.id AND endpoint.enabled
WHERE service.enabled
ORDER BY service.type, service.id, endpoint.region_id, endpoint.interface, endpoint.id
LIMIT 2000;
