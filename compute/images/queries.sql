-- name: insert_image^
INSERT INTO compute.images
    (id, project_id, name, visibility, protected, os_hidden, disk_format, container_format,
     min_disk_gb, min_ram_mb, tags, properties)
VALUES
    (:id, :project_id, :name, :visibility, :protected, :os_hidden, :disk_format, :container_format,
     :min_disk_gb, :min_ram_mb, :tags, :properties)
RETURNING *;

-- name: find_visible^
-- reach: the caller's project, NULL for everything
SELECT * FROM compute.images
WHERE id = :id AND status <> 'deleted'
  AND (:reach::text IS NULL OR project_id = :reach OR visibility IN ('public', 'community'));

-- name: lock_image^
SELECT * FROM compute.images WHERE id = :id AND status <> 'deleted' FOR UPDATE;

-- name: update_image^
UPDATE compute.images SET
    project_id = :project_id, name = :name, visibility = :visibility, protected = :protected, os_hidden = :os_hidden,
    disk_format = :disk_format, container_format = :container_format,
    min_disk_gb = :min_disk_gb, min_ram_mb = :min_ram_mb, tags = :tags, properties = :properties,
    updated_at = now()
WHERE id = :id
RETURNING *;

-- name: activate^
-- disk_format is the one that the data was inspected against
UPDATE compute.images SET
    status = 'active', size_bytes = :size_bytes, virtual_size_bytes = :virtual_size_bytes,
    md5 = :md5, sha512 = :sha512, updated_at = now()
WHERE id = :id AND status = 'queued' AND disk_format = :disk_format
RETURNING *;

-- name: set_status^
UPDATE compute.images SET status = :status, updated_at = now() WHERE id = :id RETURNING *;

-- name: delete_image!
UPDATE compute.images SET status = 'deleted', deleted_at = now(), updated_at = now() WHERE id = :id;

-- name: lock_content$
-- Uploads and deletions of the same content wait for one another.
SELECT pg_advisory_xact_lock(hashtextextended(:sha512, 0));

-- name: content_in_use$
SELECT EXISTS (SELECT FROM compute.images WHERE sha512 = :sha512 AND status <> 'deleted');

-- name: contents
SELECT DISTINCT sha512 FROM compute.images WHERE sha512 IS NOT NULL AND status <> 'deleted';

-- name: lock_project$
SELECT pg_advisory_xact_lock(hashtextextended('compute.images/' || :project_id::text, 0));

-- name: usage^
SELECT count(*) AS images, coalesce(sum(size_bytes), 0)::bigint AS bytes
FROM compute.images WHERE project_id = :project_id AND status <> 'deleted';
