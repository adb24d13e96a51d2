-- name: insert_user(id, domain_id, name, enabled, password_hash, default_project_id, extra)^
INSERT INTO identity.users (id, domain_id, name, enabled, password_hash, default_project_id, extra)
VALUES (:id, :domain_id, :name, :enabled, :password_hash, :default_project_id, :extra)
RETURNING *;

-- name: find_user(id)^
SELECT * FROM identity.users WHERE id = :id;

-- name: find_user_by_name(domain_id, name)^
SELECT * FROM identity.users WHERE domain_id = :domain_id AND name = :name;

-- name: lock_user(id)^
SELECT * FROM identity.users WHERE id = :id FOR UPDATE;

-- name: update_user(id, name, enabled, password_hash, default_project_id, extra)^
UPDATE identity.users
SET name = :name,
    enabled = :enabled,
    password_hash = :password_hash,
    default_project_id = :default_project_id,
    extra = :extra
WHERE id = :id
RETURNING *;

-- name: delete_user(id)!
DELETE FROM identity.users WHERE id = :id;
