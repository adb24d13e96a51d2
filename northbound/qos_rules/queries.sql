-- name: select_rules
SELECT * FROM northbound.qos_rules WHERE qos_policy_id = ANY(:policy_ids::uuid[]);

-- name: insert_rule!
INSERT INTO northbound.qos_rules (id, qos_policy_id, kind, direction, max_kbps, max_burst_kbps, dscp_mark, min_kbps)
VALUES (:id, :qos_policy_id, :kind, :direction, :max_kbps, :max_burst_kbps, :dscp_mark, :min_kbps);

-- name: update_rule!
UPDATE northbound.qos_rules SET
    direction = :direction, max_kbps = :max_kbps, max_burst_kbps = :max_burst_kbps, dscp_mark = :dscp_mark,
    min_kbps = :min_kbps
WHERE id = :id;

-- name: delete_rule!
DELETE FROM northbound.qos_rules WHERE id = :id;
