-- name: insert_service(id, type, name, description, enabled, extra)^
INSERT INTO identity.services (id, type, name, description, enabled, extra)
VALUES (:id, :type, :name, :description, :enabled, :extra)
RETURNING *;

-- name: find_service(id)^
SELECT * FROM identity.services WHERE id = :id;

-- name: find_service_by_type(type)^
SELECT * FROM identity.services WHERE type = :type ORDER BY id LIMIT 1;

-- name: lock_service(id)^
SELECT * FROM identity.services WHERE id = :id FOR UPDATE;

-- name: update_service(id, type, name, description, enabled, extra)^
UPDATE identity.services
SET type = :type, name = :name, description = :description, enabled = :enabled, extra = :extra
WHERE id = :id
RETURNING *;

-- name: delete_service(id)$
DELETE FROM identity.services WHERE id = :id RETURNING id;
