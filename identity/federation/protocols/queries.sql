-- name: insert_protocol(idp_id, id, mapping_id, remote_id_attribute)^
INSERT INTO identity.federation_protocols (idp_id, id, mapping_id, remote_id_attribute)
VALUES (:idp_id, :id, :mapping_id, :remote_id_attribute)
RETURNING *;

-- name: find_protocol(idp_id, id)^
SELECT * FROM identity.federation_protocols WHERE idp_id = :idp_id AND id = :id;

-- name: lock_protocol(idp_id, id)^
SELECT * FROM identity.federation_protocols WHERE idp_id = :idp_id AND id = :id FOR UPDATE;

-- name: update_protocol(idp_id, id, mapping_id, remote_id_attribute)^
UPDATE identity.federation_protocols
SET mapping_id = :mapping_id, remote_id_attribute = :remote_id_attribute
WHERE idp_id = :idp_id AND id = :id
RETURNING *;

-- name: delete_users(idp_id, protocol_id)!
DELETE FROM identity.users
WHERE id IN (
    SELECT user_id FROM identity.federated_users WHERE idp_id = :idp_id AND protocol_id = :protocol_id
);

-- name: delete_protocol(idp_id, id)!
DELETE FROM identity.federation_protocols WHERE idp_id = :idp_id AND id = :id;
