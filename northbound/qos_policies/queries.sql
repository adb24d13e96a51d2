-- name: keep_policies!
SELECT id FROM northbound.qos_policies WHERE id = ANY(:ids::uuid[]) FOR KEY SHARE;

-- name: policy_of_port$
SELECT qos_policy_id FROM northbound.ports WHERE id = :id FOR UPDATE;

-- name: set_policy_of_port!
UPDATE northbound.ports SET qos_policy_id = :policy_id WHERE id = :id;

-- name: find_default$
SELECT id FROM northbound.qos_policies WHERE project_id = :project_id AND is_default;

-- name: followers_of_policy
SELECT 'port' AS kind, id::text FROM northbound.ports WHERE qos_policy_id = :policy_id
UNION ALL
SELECT 'port', p.id::text FROM northbound.networks n JOIN northbound.ports p ON p.network_id = n.id
WHERE n.qos_policy_id = :policy_id AND p.qos_policy_id IS NULL AND p.device_owner NOT LIKE 'network:%'
UNION ALL
SELECT 'floating_ip', id::text FROM northbound.floating_ips WHERE qos_policy_id = :policy_id
UNION ALL
SELECT 'floating_ip', f.id::text FROM northbound.networks n
JOIN northbound.floating_ips f ON f.floating_network_id = n.id
WHERE n.qos_policy_id = :policy_id AND f.qos_policy_id IS NULL;

-- name: guaranteed_in_network
SELECT p.id::text FROM northbound.ports p JOIN northbound.networks n ON n.id = p.network_id
WHERE p.network_id = :network_id AND p.device_owner NOT LIKE 'network:%' AND EXISTS (
    SELECT FROM northbound.qos_rules r
    WHERE r.qos_policy_id = coalesce(p.qos_policy_id, n.qos_policy_id) AND r.kind = 'minimum_bandwidth'
);

-- name: followers_of_network
SELECT 'port' AS kind, id::text FROM northbound.ports
WHERE network_id = :network_id AND qos_policy_id IS NULL AND device_owner NOT LIKE 'network:%'
UNION ALL
SELECT 'floating_ip', id::text FROM northbound.floating_ips
WHERE floating_network_id = :network_id AND qos_policy_id IS NULL;
