-- name: is_below(id, ancestor_id)$
WITH RECURSIVE above AS (
    SELECT id, parent_region_id FROM identity.regions WHERE id = :id
    UNION
    SELECT region.id, region.parent_region_id
    FROM identity.regions AS region JOIN above ON region.id = above.parent_region_id
)
SELECT EXISTS (SELECT FROM above WHERE id = :ancestor_id);

-- name: ensure_region(id)!
INSERT INTO identity.regions (id) VALUES (:id) ON CONFLICT DO NOTHING;
