-- name: wait_for_turn(user_id)$
-- One writer per user at a time, until its transaction ends: only then may it count.
SELECT pg_advisory_xact_lock(hashtext('compute.keypairs'), hashtext(:user_id));

-- name: insert(user_id, name, kind, public_key, fingerprint)^
INSERT INTO compute.keypairs (user_id, name, kind, public_key, fingerprint)
VALUES (:user_id, :name, :kind, :public_key, :fingerprint)
RETURNING *;

-- name: find(user_id, name)^
SELECT * FROM compute.keypairs WHERE user_id = :user_id AND name = :name;

-- name: count(user_id)$
SELECT count(*) FROM compute.keypairs WHERE user_id = :user_id;

-- name: delete(user_id, name)$
DELETE FROM compute.keypairs WHERE user_id = :user_id AND name = :name RETURNING name;
