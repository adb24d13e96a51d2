-- name: insert_member(group_id, user_id)!
INSERT INTO identity.memberships (group_id, user_id) VALUES (:group_id, :user_id) ON CONFLICT DO NOTHING;

-- name: is_member(group_id, user_id)$
SELECT EXISTS (SELECT FROM identity.memberships WHERE group_id = :group_id AND user_id = :user_id);

-- name: delete_member(group_id, user_id)$
DELETE FROM identity.memberships WHERE group_id = :group_id AND user_id = :user_id RETURNING user_id;
