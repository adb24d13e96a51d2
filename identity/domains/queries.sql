-- name: holds_immutable(id)$
SELECT EXISTS (SELECT FROM identity.projects WHERE domain_id = :id AND options @> '{"immutable": true}')
OR EXISTS (SELECT FROM identity.roles WHERE domain_id = :id AND options @> '{"immutable": true}');

-- name: select_domains_of_user(user_id, group_ids)
SELECT domain.* FROM identity.domains AS domain
WHERE domain.enabled
AND domain.id IN (
    SELECT domain_id FROM identity.effective_rights WHERE user_id = :user_id
    UNION
    SELECT domain_id FROM identity.assignments WHERE group_id = ANY(:group_ids::text[]) AND NOT inherited
)
ORDER BY domain.name
LIMIT 1000;
