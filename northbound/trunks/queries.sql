-- name: trunk_of_subport$
SELECT trunk_id FROM northbound.subports WHERE port_id = :port_id;

-- name: trunk_of_parent$
SELECT id FROM northbound.trunks WHERE port_id = :port_id;

-- name: holds_vip$
SELECT EXISTS (SELECT FROM northbound.vips WHERE port_id = :port_id);

-- name: select_carrier^
SELECT n.mtu, (
    SELECT s.segmentation_id FROM northbound.segments s WHERE s.network_id = n.id AND s.network_type = 'vlan' LIMIT 1
) AS vlan
FROM northbound.networks n WHERE n.id = :network_id;

-- name: insert_subport!
INSERT INTO northbound.subports (port_id, trunk_id, segmentation_type, segmentation_id)
VALUES (:port_id, :trunk_id, 'vlan', :segmentation_id);

-- name: delete_subport$
DELETE FROM northbound.subports WHERE trunk_id = :trunk_id AND port_id = :port_id RETURNING port_id;

-- name: set_device_owner!
UPDATE northbound.ports SET
    device_owner = :device_owner, revision_number = revision_number + 1, updated_at = now()
WHERE id = ANY(:ids::uuid[]);

-- name: select_details
SELECT t.port_id, t.id AS trunk_id, (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'port_id', s.port_id, 'segmentation_type', s.segmentation_type, 'segmentation_id', s.segmentation_id,
        'mac_address', p.mac_address
    ) ORDER BY s.number), '[]')
    FROM northbound.subports s JOIN northbound.ports p ON p.id = s.port_id WHERE s.trunk_id = t.id
) AS sub_ports
FROM northbound.trunks t WHERE t.port_id = ANY(:ids::uuid[]);

-- name: select_parents
SELECT s.port_id, t.port_id AS parent_id, p.host, s.segmentation_id AS tag
FROM northbound.subports s
JOIN northbound.trunks t ON t.id = s.trunk_id JOIN northbound.ports p ON p.id = t.port_id
WHERE s.port_id = ANY(:ids::uuid[]);
