-- name: lock_owner(id)!
SELECT FROM identity.users WHERE id = :id FOR UPDATE;

-- name: count_credentials(user_id)$
SELECT count(*) FROM identity.application_credentials WHERE user_id = :user_id;

-- name: count_rules(user_id)$
SELECT count(*) FROM identity.access_rules WHERE user_id = :user_id;

-- name: insert_credential(id, user_id, project_id, name, description, secret_hash, expires_at, unrestricted)!
INSERT INTO identity.application_credentials
    (id, user_id, project_id, name, description, secret_hash, expires_at, unrestricted)
VALUES (:id, :user_id, :project_id, :name, :description, :secret_hash, :expires_at, :unrestricted);

-- name: insert_roles(id, role_ids)!
INSERT INTO identity.application_credential_roles (application_credential_id, role_id)
SELECT :id, role.id FROM identity.roles AS role WHERE role.id = ANY(:role_ids::text[]);

-- name: insert_rule(id, user_id, service, method, path)$
INSERT INTO identity.access_rules (id, user_id, service, method, path)
VALUES (:id, :user_id, :service, :method, :path)
ON CONFLICT ON CONSTRAINT access_rules_once DO UPDATE SET path = excluded.path
RETURNING id;

-- name: find_rule(id, user_id)^
SELECT * FROM identity.access_rules WHERE id = :id AND user_id = :user_id;

-- name: confine(id, rule_ids)!
INSERT INTO identity.application_credential_access_rules (application_credential_id, access_rule_id)
SELECT DISTINCT :id, unnest(:rule_ids::text[]);

-- name: delete_rule(id)!
DELETE FROM identity.access_rules WHERE id = :id;

-- name: select_rules_of(id)
SELECT rule.* FROM identity.application_credential_access_rules JOIN identity.access_rules AS rule
ON rule.id = access_rule_id
WHERE application_credential_id = :id;

-- name: find_credential(id)^
SELECT * FROM identity.application_credentials WHERE id = :id;

-- name: find_credential_by_name(user_id, name)^
SELECT * FROM identity.application_credentials WHERE user_id = :user_id AND name = :name;

-- name: select_role_ids(id)
SELECT role_id FROM identity.application_credential_roles WHERE application_credential_id = :id;

-- name: delete_credential(id)!
DELETE FROM identity.application_credentials WHERE id = :id;
