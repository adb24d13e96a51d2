-- name: insert_endpoint(id, service_id, region_id, interface, url, enabled, extra)^
INSERT INTO identity.endpoints (id, service_id, region_id, interface, url, enabled, extra)
VALUES (:id, :service_id, :region_id, :interface, :url, :enabled, :extra)
RETURNING *;

-- name: find_endpoint(id)^
SELECT * FROM identity.endpoints WHERE id = :id;

-- name: find_endpoint_of(service_id, region_id, interface)^
SELECT * FROM identity.endpoints
WHERE service_id = :service_id AND region_id = :region_id AND interface = :interface
ORDER BY id
LIMIT 1;

-- name: lock_endpoint(id)^
SELECT * FROM identity.endpoints WHERE id = :id FOR UPDATE;

-- name: update_endpoint(id, service_id, region_id, interface, url, enabled, extra)^
UPDATE identity.endpoints
SET service_id = :service_id,
    region_id = :region_id,
    interface = :interface,
    url = :url,
    enabled = :enabled,
    extra = :extra
WHERE id = :id
RETURNING *;

-- name: delete_endpoint(id)$
DELETE FROM identity.endpoints WHERE id = :id RETURNING id;
