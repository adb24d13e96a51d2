-- name: find_arrangement(idp_id, protocol_id)^
SELECT
    provider.id AS idp_id,
    provider.domain_id,
    array(SELECT remote_id FROM identity.remote_ids WHERE idp_id = provider.id ORDER BY remote_id) AS remote_ids,
    provider.authorization_ttl,
    protocol.id AS protocol_id,
    protocol.remote_id_attribute,
    mapping.id AS mapping_id,
    mapping.schema_version AS version,
    mapping.rules
FROM identity.identity_providers AS provider
JOIN identity.federation_protocols AS protocol ON protocol.idp_id = provider.id
JOIN identity.mappings AS mapping ON mapping.id = protocol.mapping_id
WHERE provider.id = :idp_id AND protocol.id = :protocol_id AND provider.enabled;

-- name: find_link_of_user(user_id)^
SELECT idp_id, protocol_id, unique_id FROM identity.federated_users WHERE user_id = :user_id;

-- name: find_account(idp_id, protocol_id, unique_id)^
SELECT users.* FROM identity.federated_users AS link JOIN identity.users ON users.id = link.user_id
WHERE link.idp_id = :idp_id AND link.protocol_id = :protocol_id AND link.unique_id = :unique_id;

-- name: insert_account(id, domain_id, name, extra, keeper, local_id)!
INSERT INTO identity.users (id, domain_id, name, extra, keeper, local_id)
VALUES (:id, :domain_id, :name, :extra, :keeper, :local_id);

-- name: insert_link(user_id, idp_id, protocol_id, unique_id)!
INSERT INTO identity.federated_users (user_id, idp_id, protocol_id, unique_id)
VALUES (:user_id, :idp_id, :protocol_id, :unique_id);

-- name: update_account(id, name, extra)!
UPDATE identity.users SET name = :name, extra = :extra
WHERE id = :id AND (name <> :name OR extra <> :extra);

-- name: hold_login(key)!
SELECT pg_advisory_xact_lock(hashtextextended(:key, 0));

-- name: select_groups(ids)
SELECT id FROM identity.groups WHERE id = ANY(:ids::text[]) AND present;

-- name: find_group(domain_id, name)$
SELECT id FROM identity.groups WHERE domain_id = :domain_id AND name = :name AND present ORDER BY id LIMIT 1;

-- name: find_role(name, domain_id)$
SELECT id FROM identity.roles
WHERE name = :name AND (domain_id IS NULL OR domain_id = :domain_id)
ORDER BY domain_id NULLS LAST
LIMIT 1;

-- name: select_granted(user_id)
SELECT given.project_id, given.role_id, project.domain_id
FROM identity.federated_grants AS given JOIN identity.projects AS project ON project.id = given.project_id
WHERE user_id = :user_id;

-- name: insert_grant(user_id, project_id, role_id)!
WITH given AS (
    INSERT INTO identity.assignments (user_id, project_id, role_id) VALUES (:user_id, :project_id, :role_id)
    ON CONFLICT DO NOTHING
    RETURNING user_id, project_id, role_id
)
INSERT INTO identity.federated_grants (user_id, project_id, role_id)
SELECT user_id, project_id, role_id FROM given
ON CONFLICT DO NOTHING;

-- name: delete_grant(user_id, project_id, role_id)!
WITH granted AS (
    DELETE FROM identity.federated_grants
    WHERE user_id = :user_id AND project_id = :project_id AND role_id = :role_id
)
DELETE FROM identity.assignments
WHERE user_id = :user_id AND project_id = :project_id AND role_id = :role_id AND NOT inherited;

-- name: renew_memberships(user_id, group_ids, minutes)!
INSERT INTO identity.expiring_memberships (group_id, user_id, expires_at)
SELECT group_id, :user_id, now() + make_interval(mins => :minutes) FROM unnest(:group_ids::text[]) AS group_id
ON CONFLICT (group_id, user_id) DO UPDATE SET expires_at = excluded.expires_at;

-- name: select_stale_memberships(user_id, group_ids)
SELECT group_id FROM identity.expiring_memberships
WHERE user_id = :user_id AND NOT group_id = ANY(:group_ids::text[]);

-- name: delete_membership(user_id, group_id)!
DELETE FROM identity.expiring_memberships WHERE user_id = :user_id AND group_id = :group_id;

-- name: take_back_all(idp_ids, protocol_ids)!
WITH users AS (
    SELECT user_id FROM identity.federated_users
    WHERE (idp_id, protocol_id) IN (SELECT * FROM unnest(:idp_ids::text[], :protocol_ids::text[]))
),
left_groups AS (
    DELETE FROM identity.expiring_memberships WHERE user_id IN (SELECT user_id FROM users)
),
granted AS (
    DELETE FROM identity.federated_grants WHERE user_id IN (SELECT user_id FROM users)
    RETURNING user_id, project_id, role_id
)
DELETE FROM identity.assignments AS given USING granted
WHERE given.user_id = granted.user_id AND given.project_id = granted.project_id
AND given.role_id = granted.role_id AND NOT given.inherited;
