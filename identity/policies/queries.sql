-- name: associate(policy_id, endpoint_id, service_id, region_id)!
INSERT INTO identity.policy_associations (policy_id, endpoint_id, service_id, region_id)
VALUES (:policy_id, :endpoint_id, :service_id, :region_id)
ON CONFLICT ON CONSTRAINT policy_associations_once DO UPDATE SET policy_id = excluded.policy_id;

-- name: find_policy_of(endpoint_id)^
WITH RECURSIVE place AS (
    SELECT service_id, region_id, 0 AS distance FROM identity.endpoints WHERE id = :endpoint_id
    UNION ALL
    SELECT service_id, regions.parent_region_id, distance + 1
    FROM place JOIN identity.regions ON regions.id = place.region_id
    WHERE regions.parent_region_id IS NOT NULL
),
found AS (
    SELECT policy_id, -1 AS distance FROM identity.policy_associations WHERE endpoint_id = :endpoint_id
    UNION ALL
    SELECT policy_id, distance FROM identity.policy_associations JOIN place USING (service_id, region_id)
    UNION ALL
    SELECT policy_id, 2147483647
    FROM identity.policy_associations JOIN place USING (service_id)
    WHERE policy_associations.region_id IS NULL AND distance = 0
)
SELECT policies.* FROM found JOIN identity.policies ON policies.id = policy_id ORDER BY distance LIMIT 1;
