-- name: select_options(domain_id)
SELECT group_name, option, value, sealed FROM identity.domain_options
WHERE domain_id = :domain_id
ORDER BY group_name, option;

-- name: delete_options(domain_id)!
DELETE FROM identity.domain_options WHERE domain_id = :domain_id;

-- name: insert_option(domain_id, group_name, option, value, sealed)!
INSERT INTO identity.domain_options (domain_id, group_name, option, value, sealed)
VALUES (:domain_id, :group_name, :option, :value, :sealed);

-- name: lock_domain(id)^
SELECT id FROM identity.domains WHERE id = :id FOR UPDATE;

-- name: hold_domain(id)^
SELECT id FROM identity.domains WHERE id = :id FOR KEY SHARE;

-- name: has_own(domain_id)$
SELECT EXISTS (SELECT FROM identity.users WHERE domain_id = :domain_id AND keeper = 'sql')
OR EXISTS (SELECT FROM identity.groups WHERE domain_id = :domain_id AND keeper = 'sql');

-- name: find_version(domain_id)$
SELECT version FROM identity.directories WHERE domain_id = :domain_id;

-- name: insert_directory(domain_id)!
INSERT INTO identity.directories (domain_id) VALUES (:domain_id)
ON CONFLICT (domain_id) DO UPDATE SET version = DEFAULT, answered_at = now();

-- name: delete_directory(domain_id)!
DELETE FROM identity.directories WHERE domain_id = :domain_id;
