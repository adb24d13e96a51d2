-- name: find_role_by_name(name)^
SELECT * FROM identity.roles WHERE name = :name AND domain_id IS NULL;

-- name: imply_role(prior_role_id, implied_role_id)!
INSERT INTO identity.role_implications (prior_role_id, implied_role_id)
VALUES (:prior_role_id, :implied_role_id)
ON CONFLICT DO NOTHING;

-- name: select_role_names()
SELECT id, name, domain_id FROM identity.roles;

-- name: select_implications()
SELECT prior_role_id, implied_role_id FROM identity.role_implications;

-- name: stop_implying(prior_role_id, implied_role_id)$
DELETE FROM identity.role_implications
WHERE prior_role_id = :prior_role_id AND implied_role_id = :implied_role_id
RETURNING prior_role_id;

-- name: select_inferences(prior_role_id)
SELECT prior.id AS prior_id, prior.name AS prior_name, implied.id AS implied_id, implied.name AS implied_name
FROM identity.role_implications
JOIN identity.roles AS prior ON prior.id = prior_role_id
JOIN identity.roles AS implied ON implied.id = implied_role_id
WHERE :prior_role_id::text IS NULL OR prior_role_id = :prior_role_id
ORDER BY prior.name, prior.id, implied.name, implied.id;
