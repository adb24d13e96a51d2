-- name: lock_owner(id)!
SELECT FROM identity.users WHERE id = :id FOR UPDATE;

-- name: count_credentials(user_id)$
SELECT count(*) FROM identity.credentials WHERE user_id = :user_id;

-- name: insert_credential(id, user_id, project_id, type, sealed)^
INSERT INTO identity.credentials (id, user_id, project_id, type, sealed)
VALUES (:id, :user_id, :project_id, :type, :sealed)
RETURNING *;

-- name: find_credential(id)^
SELECT * FROM identity.credentials WHERE id = :id;

-- name: reseal(id, sealed)!
UPDATE identity.credentials SET sealed = :sealed, used_step = 0 WHERE id = :id;

-- name: delete_credential(id)!
DELETE FROM identity.credentials WHERE id = :id;

-- name: select_of(user_id, type)
SELECT * FROM identity.credentials WHERE user_id = :user_id AND type = :type;

-- name: use_step(id, step)$
UPDATE identity.credentials SET used_step = :step WHERE id = :id AND used_step < :step RETURNING id;
