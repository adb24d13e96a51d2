-- name: select_user_copies(ids)
SELECT id, enabled, present FROM identity.users WHERE id = ANY(:ids::text[]) AND keeper = 'ldap';

-- name: upsert_users(domain_id, found)!
INSERT INTO identity.users AS known
(id, domain_id, keeper, local_id, name, enabled, default_project_id, extra, present)
SELECT id, :domain_id, 'ldap', local_id, name, enabled, default_project_id, extra, true
FROM jsonb_to_recordset(:found) AS found
(id text, local_id text, name text, enabled boolean, default_project_id text, extra jsonb)
ORDER BY id
ON CONFLICT (id) DO UPDATE SET
    name = excluded.name,
    enabled = excluded.enabled,
    default_project_id = excluded.default_project_id,
    extra = excluded.extra,
    present = true
WHERE (known.name, known.enabled, known.default_project_id, known.extra, known.present)
IS DISTINCT FROM (excluded.name, excluded.enabled, excluded.default_project_id, excluded.extra, true);

-- name: upsert_groups(domain_id, found)!
INSERT INTO identity.groups AS known (id, domain_id, keeper, local_id, name, description, extra, present)
SELECT id, :domain_id, 'ldap', local_id, name, description, '{}', true
FROM jsonb_to_recordset(:found) AS found (id text, local_id text, name text, description text)
ORDER BY id
ON CONFLICT (id) DO UPDATE SET name = excluded.name, description = excluded.description, present = true
WHERE (known.name, known.description, known.present)
IS DISTINCT FROM (excluded.name, excluded.description, true);

-- name: lose_users(ids)!
UPDATE identity.users SET present = false WHERE id = ANY(:ids::text[]) AND keeper = 'ldap';

-- name: lose_groups(ids)!
UPDATE identity.groups SET present = false WHERE id = ANY(:ids::text[]) AND keeper = 'ldap';

-- name: select_groups_of(user_id)
SELECT group_id FROM identity.memberships JOIN identity.groups ON groups.id = group_id
WHERE user_id = :user_id AND keeper = 'ldap';

-- name: select_members_of(group_id)
SELECT user_id FROM identity.memberships WHERE group_id = :group_id;

-- name: insert_memberships(group_ids, user_ids)!
INSERT INTO identity.memberships (group_id, user_id)
SELECT group_id, user_id FROM unnest(:group_ids::text[]) AS group_id CROSS JOIN unnest(:user_ids::text[]) AS user_id
ON CONFLICT DO NOTHING;

-- name: delete_memberships(group_ids, user_ids)!
DELETE FROM identity.memberships WHERE group_id = ANY(:group_ids::text[]) AND user_id = ANY(:user_ids::text[]);

-- name: forget_memberships(domain_id)!
DELETE FROM identity.memberships
WHERE group_id IN (SELECT id FROM identity.groups WHERE domain_id = :domain_id AND keeper = 'ldap');

-- name: forget_users(domain_id)!
UPDATE identity.users SET present = false WHERE domain_id = :domain_id AND keeper = 'ldap';

-- name: forget_groups(domain_id)!
UPDATE identity.groups SET present = false WHERE domain_id = :domain_id AND keeper = 'ldap';

-- name: find_user_copy(id)^
SELECT id, domain_id, local_id FROM identity.users WHERE id = :id AND keeper = 'ldap';

-- name: find_group_copy(id)^
SELECT id, domain_id, local_id FROM identity.groups WHERE id = :id AND keeper = 'ldap';

-- name: extend_tokens(user_ids, until)!
WITH watched AS (
    SELECT id FROM identity.users WHERE id = ANY(:user_ids::text[]) AND keeper = 'ldap' ORDER BY id FOR NO KEY UPDATE
)
UPDATE identity.users SET tokens_until = greatest(tokens_until, :until) FROM watched WHERE users.id = watched.id;

-- name: claim_looks(period_s)
UPDATE identity.directories SET looked_at = now()
WHERE looked_at <= now() - make_interval(secs => :period_s)
RETURNING domain_id, now() AS asked_at;

-- name: mark_answered(domain_id, asked_at)!
UPDATE identity.directories SET answered_at = greatest(answered_at, :asked_at) WHERE domain_id = :domain_id;

-- name: select_users_with_tokens(domain_id)
SELECT id, local_id FROM identity.users
WHERE domain_id = :domain_id AND keeper = 'ldap' AND present AND tokens_until > now()
ORDER BY id;

-- name: select_groups_that_matter(domain_id)
SELECT groups.id, groups.local_id, array_agg(users.id ORDER BY users.id) AS user_ids
FROM identity.groups
JOIN identity.memberships ON memberships.group_id = groups.id
JOIN identity.users ON users.id = memberships.user_id AND users.tokens_until > now()
WHERE groups.domain_id = :domain_id AND groups.keeper = 'ldap' AND groups.present
AND groups.id IN (SELECT group_id FROM identity.assignments)
GROUP BY groups.id
ORDER BY groups.id;
