-- name: lock_trustor(id)!
SELECT FROM identity.users WHERE id = :id FOR UPDATE;

-- name: count_trusts(trustor_user_id)$
SELECT count(*) FROM identity.trusts WHERE trustor_user_id = :trustor_user_id;

-- name: insert_trust(id, trustor_user_id, trustee_user_id, project_id, impersonation, expires_at, remaining_uses, redelegation_count, redelegated_trust_id)^
INSERT INTO identity.trusts (
    id, trustor_user_id, trustee_user_id, project_id, impersonation, expires_at, remaining_uses,
    redelegation_count, redelegated_trust_id
)
VALUES (
    :id, :trustor_user_id, :trustee_user_id, :project_id, :impersonation, :expires_at, :remaining_uses,
    :redelegation_count, :redelegated_trust_id
)
RETURNING *;

-- name: insert_roles(id, role_ids)!
INSERT INTO identity.trust_roles (trust_id, role_id)
SELECT :id, role.id FROM identity.roles AS role WHERE role.id = ANY(:role_ids::text[]);

-- name: forget_spent(trustor_user_id)!
DELETE FROM identity.trusts
WHERE trustor_user_id = :trustor_user_id AND (remaining_uses = 0 OR expires_at < now() - interval '2 days');

-- name: find_trust(id)^
SELECT * FROM identity.trusts
WHERE id = :id AND remaining_uses IS DISTINCT FROM 0 AND (expires_at IS NULL OR expires_at > now());

-- name: use_trust(id)!
UPDATE identity.trusts SET remaining_uses = remaining_uses - 1 WHERE id = :id AND remaining_uses IS NOT NULL;

-- name: lock_trust(id)^
SELECT * FROM identity.trusts
WHERE id = :id AND remaining_uses IS DISTINCT FROM 0 AND (expires_at IS NULL OR expires_at > now())
FOR UPDATE;

-- name: select_roles(id)
SELECT role.* FROM identity.trust_roles JOIN identity.roles AS role ON role.id = role_id
WHERE trust_id = :id
ORDER BY role.name;

-- name: delete_trust(id)!
DELETE FROM identity.trusts WHERE id = :id;

-- name: select_sources(id)
WITH RECURSIVE above AS (
    SELECT redelegated_trust_id, 0 AS distance FROM identity.trusts WHERE id = :id
    UNION ALL
    SELECT trusts.redelegated_trust_id, distance + 1
    FROM above JOIN identity.trusts ON trusts.id = above.redelegated_trust_id
)
SELECT trusts.* FROM above JOIN identity.trusts ON trusts.id = above.redelegated_trust_id ORDER BY distance;
