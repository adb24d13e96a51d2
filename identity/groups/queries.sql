-- name: insert_member(group_id, user_id)!
INSERT INTO identity.memberships (group_id, user_id) VALUES (:group_id, :user_id) ON CONFLICT DO NOTHING;

-- name: is_member(group_id, user_id)$
SELECT EXISTS (SELECT FROM identity.held_memberships WHERE group_id = :group_id AND user_id = :user_id);

-- name: delete_member(group_id, user_id)$
WITH lasting AS (
    DELETE FROM identity.memberships WHERE group_id = :group_id AND user_id = :user_id RETURNING user_id
),
expiring AS (
    DELETE FROM identity.expiring_memberships WHERE group_id = :group_id AND user_id = :user_id RETURNING user_id
)
SELECT user_id FROM lasting UNION SELECT user_id FROM expiring;

-- name: fetch_first_end(user_id)$
SELECT min(expires_at) FROM identity.expiring_memberships WHERE user_id = :user_id AND expires_at > now();
