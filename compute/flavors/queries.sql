-- name: insert(id, name, description, vcpus, ram_mb, disk_gb, ephemeral_gb, swap_mb, rxtx_factor, is_public)^
INSERT INTO compute.flavors (id, name, description, vcpus, ram_mb, disk_gb, ephemeral_gb, swap_mb, rxtx_factor, is_public)
VALUES (:id, :name, :description, :vcpus, :ram_mb, :disk_gb, :ephemeral_gb, :swap_mb, :rxtx_factor, :is_public)
RETURNING *;

-- name: find_visible(id, reach)^
-- `reach` is the project that asks; NULL sees every flavor.
SELECT * FROM compute.flavors AS flavor
WHERE flavor.id = :id
  AND (:reach::text IS NULL OR flavor.is_public OR EXISTS (
      SELECT FROM compute.flavor_access AS access WHERE access.flavor_id = flavor.id AND access.project_id = :reach));

-- name: set_description(id, description)^
UPDATE compute.flavors SET description = :description, updated_at = now() WHERE id = :id RETURNING *;

-- name: merge_specs(id, specs)^
UPDATE compute.flavors SET extra_specs = extra_specs || :specs::jsonb, updated_at = now() WHERE id = :id RETURNING *;

-- name: remove_spec(id, key)$
UPDATE compute.flavors SET extra_specs = extra_specs - :key::text, updated_at = now()
WHERE id = :id AND extra_specs ? :key RETURNING id;

-- name: delete(id)$
DELETE FROM compute.flavors WHERE id = :id RETURNING id;

-- name: select_access(id)
SELECT project_id FROM compute.flavor_access WHERE flavor_id = :id ORDER BY project_id LIMIT 1000;

-- name: insert_access(id, project_id)$
INSERT INTO compute.flavor_access (flavor_id, project_id) VALUES (:id, :project_id)
ON CONFLICT DO NOTHING RETURNING flavor_id;

-- name: delete_access(id, project_id)$
DELETE FROM compute.flavor_access WHERE flavor_id = :id AND project_id = :project_id RETURNING flavor_id;
