-- name: insert_region(id, description, parent_region_id, extra)^
INSERT INTO identity.regions (id, description, parent_region_id, extra)
VALUES (:id, :description, :parent_region_id, :extra)
RETURNING *;

-- name: find_region(id)^
SELECT * FROM identity.regions WHERE id = :id;

-- name: lock_region(id)^
SELECT * FROM identity.regions WHERE id = :id FOR UPDATE;

-- name: is_below(id, ancestor_id)$
WITH RECURSIVE above AS (
    SELECT id, parent_region_id FROM identity.regions WHERE id = :id
    UNION
    SELECT region.id, region.parent_region_id
    FROM identity.regions AS region JOIN above ON region.id = above.parent_region_id
)
SELECT EXISTS (SELECT FROM above WHERE id = :ancestor_id);

-- name: update_region(id, description, parent_region_id, extra)^
UPDATE identity.regions
SET description = :description, parent_region_id = :parent_region_id, extra = :extra
WHERE id = :id
RETURNING *;

-- name: delete_region(id)$
DELETE FROM identity.regions WHERE id = :id RETURNING id;

-- name: ensure_region(id)!
INSERT INTO identity.regions (id) VALUES (:id) ON CONFLICT DO NOTHING;
