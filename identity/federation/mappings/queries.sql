-- name: insert_mapping(id, schema_version, rules)^
INSERT INTO identity.mappings (id, schema_version, rules) VALUES (:id, :schema_version, :rules) RETURNING *;

-- name: find_mapping(id)^
SELECT * FROM identity.mappings WHERE id = :id;

-- name: lock_mapping(id)^
SELECT * FROM identity.mappings WHERE id = :id FOR UPDATE;

-- name: update_mapping(id, schema_version, rules)^
UPDATE identity.mappings SET schema_version = :schema_version, rules = :rules WHERE id = :id RETURNING *;

-- name: delete_mapping(id)$
DELETE FROM identity.mappings WHERE id = :id RETURNING id;

-- name: select_protocols_of(mapping_id)
SELECT idp_id, id FROM identity.federation_protocols WHERE mapping_id = :mapping_id;
