-- name: insert_provider(id, domain_id, enabled, description, authorization_ttl)!
INSERT INTO identity.identity_providers (id, domain_id, enabled, description, authorization_ttl)
VALUES (:id, :domain_id, :enabled, :description, :authorization_ttl);

-- name: lock_provider(id)$
SELECT id FROM identity.identity_providers WHERE id = :id FOR UPDATE;

-- name: update_provider(id, enabled, description, authorization_ttl)!
UPDATE identity.identity_providers
SET enabled = :enabled, description = :description, authorization_ttl = :authorization_ttl
WHERE id = :id;

-- name: delete_users(idp_id)!
DELETE FROM identity.users
WHERE id IN (SELECT user_id FROM identity.federated_users WHERE idp_id = :idp_id);

-- name: delete_provider(id)!
DELETE FROM identity.identity_providers WHERE id = :id;

-- name: delete_remote_ids(idp_id)!
DELETE FROM identity.remote_ids WHERE idp_id = :idp_id;

-- name: insert_remote_ids(idp_id, remote_ids)!
INSERT INTO identity.remote_ids (remote_id, idp_id) SELECT unnest(:remote_ids::text[]), :idp_id;
