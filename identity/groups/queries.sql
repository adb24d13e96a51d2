-- name: insert_group(id, domain_id, name, description, extra)^
INSERT INTO identity.groups (id, domain_id, name, description, extra)
VALUES (:id, :domain_id, :name, :description, :extra)
RETURNING *;

-- name: find_group(id)^
SELECT * FROM identity.groups WHERE id = :id AND present;

-- name: lock_group(id)^
SELECT * FROM identity.groups WHERE id = :id AND present FOR UPDATE;

-- name: update_group(id, name, description, extra)^
UPDATE identity.groups SET name = :name, description = :description, extra = :extra WHERE id = :id RETURNING *;

-- name: delete_group(id)!
DELETE FROM identity.groups WHERE id = :id;

-- name: insert_member(group_id, user_id)!
INSERT INTO identity.memberships (group_id, user_id) VALUES (:group_id, :user_id) ON CONFLICT DO NOTHING;

-- name: is_member(group_id, user_id)$
SELECT EXISTS (SELECT FROM identity.memberships WHERE group_id = :group_id AND user_id = :user_id);

-- name: delete_member(group_id, user_id)$
DELETE FROM identity.memberships WHERE group_id = :group_id AND user_id = :user_id RETURNING user_id;
