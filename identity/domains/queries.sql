-- name: insert_domain(id, name, description, enabled, extra)^
INSERT INTO identity.domains (id, name, description, enabled, extra)
VALUES (:id, :name, :description, :enabled, :extra)
RETURNING *;

-- name: find_domain(id)^
SELECT * FROM identity.domains WHERE id = :id;

-- name: find_domain_by_name(name)^
SELECT * FROM identity.domains WHERE name = :name;

-- name: lock_domain(id)^
SELECT * FROM identity.domains WHERE id = :id FOR UPDATE;

-- name: update_domain(id, name, description, enabled, extra)^
UPDATE identity.domains
SET name = :name, description = :description, enabled = :enabled, extra = :extra
WHERE id = :id
RETURNING *;

-- name: delete_domain(id)!
DELETE FROM identity.domains WHERE id = :id;

-- name: select_domains_of_user(user_id)
SELECT domain.* FROM identity.domains AS domain
WHERE domain.enabled
AND domain.id IN (SELECT domain_id FROM identity.effective_rights WHERE user_id = :user_id)
ORDER BY domain.name
LIMIT 1000;
