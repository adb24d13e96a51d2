-- name: insert_rules
INSERT INTO northbound.security_group_rules (
    id, security_group_id, project_id, description, direction, ethertype, protocol, protocol_number,
    port_range_min, port_range_max, remote_ip_prefix, written_prefix, remote_group_id, remote_address_group_id
)
SELECT
    id, security_group_id, project_id, description, direction, ethertype, protocol, protocol_number,
    port_range_min, port_range_max, remote_ip_prefix, written_prefix, remote_group_id, remote_address_group_id
FROM jsonb_to_recordset(:rules::jsonb) AS new (
    id uuid, security_group_id uuid, project_id text, description text, direction text, ethertype text,
    protocol text, protocol_number smallint, port_range_min integer, port_range_max integer,
    remote_ip_prefix cidr, written_prefix text, remote_group_id uuid, remote_address_group_id uuid
)
ON CONFLICT ON CONSTRAINT security_group_rules_same DO NOTHING
RETURNING id;

-- name: find_same_rule$
SELECT id FROM northbound.security_group_rules
WHERE security_group_id = :security_group_id AND direction = :direction AND ethertype = :ethertype
  AND protocol_number IS NOT DISTINCT FROM :protocol_number::smallint
  AND port_range_min IS NOT DISTINCT FROM :port_range_min::integer
  AND port_range_max IS NOT DISTINCT FROM :port_range_max::integer
  AND remote_group_id IS NOT DISTINCT FROM :remote_group_id::uuid
  AND remote_address_group_id IS NOT DISTINCT FROM :remote_address_group_id::uuid
  AND source IS NOT DISTINCT FROM
      CASE WHEN masklen(:remote_ip_prefix::cidr) > 0 THEN :remote_ip_prefix::cidr END;

-- name: update_description!
UPDATE northbound.security_group_rules
SET description = :description, revision_number = revision_number + 1, updated_at = now()
WHERE id = :id;

-- name: delete_rule$
DELETE FROM northbound.security_group_rules WHERE id = :id RETURNING id;

-- name: delete_rules_about
-- Every rule of the group, and every rule of other groups that names it as the remote end.
DELETE FROM northbound.security_group_rules
WHERE security_group_id = :group_id OR remote_group_id = :group_id
RETURNING security_group_id, project_id;
