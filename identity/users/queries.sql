-- name: insert_user(id, domain_id, name, enabled, password_hash, password_expires_at, default_project_id, options, extra)^
INSERT INTO identity.users
(id, domain_id, name, enabled, password_hash, password_expires_at, default_project_id, options, extra)
VALUES (:id, :domain_id, :name, :enabled, :password_hash, :password_expires_at, :default_project_id, :options, :extra)
RETURNING *;

-- name: find_user(id)^
SELECT * FROM identity.users WHERE id = :id AND present;

-- name: find_user_by_name(domain_id, name)^
SELECT * FROM identity.users WHERE domain_id = :domain_id AND name = :name AND keeper = 'sql';

-- name: lock_user(id)^
SELECT * FROM identity.users WHERE id = :id AND present FOR UPDATE;

-- name: update_user(id, name, enabled, password_hash, password_expires_at, default_project_id, options, extra)^
UPDATE identity.users
SET name = :name,
    enabled = :enabled,
    password_hash = :password_hash,
    password_set_at = CASE WHEN password_hash IS DISTINCT FROM :password_hash THEN now() ELSE password_set_at END,
    password_expires_at = :password_expires_at,
    options = :options,
    default_project_id = :default_project_id,
    extra = :extra
WHERE id = :id
RETURNING *;

-- name: note_activity(id)!
UPDATE identity.users SET last_active_at = (now() AT TIME ZONE 'UTC')::date
WHERE id = :id AND last_active_at < (now() AT TIME ZONE 'UTC')::date;

-- name: delete_user(id)!
DELETE FROM identity.users WHERE id = :id;

-- name: keep_password(user_id, password_hash)!
INSERT INTO identity.past_passwords (user_id, password_hash) VALUES (:user_id, :password_hash);

-- name: forget_passwords(user_id, most)!
DELETE FROM identity.past_passwords
WHERE user_id = :user_id AND id NOT IN (
    SELECT id FROM identity.past_passwords WHERE user_id = :user_id ORDER BY id DESC LIMIT :most
);

-- name: select_past_passwords(user_id, most)
SELECT password_hash FROM identity.past_passwords WHERE user_id = :user_id ORDER BY id DESC LIMIT :most;
