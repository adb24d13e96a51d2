-- name: insert_forwarding!
INSERT INTO northbound.port_forwardings (
    id, floating_ip_id, protocol, external_from, external_to, internal_from, internal_to, internal_port_id,
    internal_subnet_id, internal_ip_address, interface_port_id, gateway_port_id, description
) VALUES (
    :id, :floating_ip_id, :protocol, :external_from, :external_to, :internal_from, :internal_to, :internal_port_id,
    :internal_subnet_id, :internal_ip_address, :interface_port_id, :gateway_port_id, :description
);

-- name: update_forwarding!
UPDATE northbound.port_forwardings SET
    protocol = :protocol, external_from = :external_from, external_to = :external_to, internal_from = :internal_from,
    internal_to = :internal_to, internal_port_id = :internal_port_id, internal_subnet_id = :internal_subnet_id,
    internal_ip_address = :internal_ip_address, interface_port_id = :interface_port_id,
    gateway_port_id = :gateway_port_id, description = :description,
    revision_number = revision_number + 1, updated_at = now()
WHERE id = :id;

-- name: delete_forwarding!
DELETE FROM northbound.port_forwardings WHERE id = :id;

-- name: floating_ip_of_port^
SELECT id, host(floating_ip_address) AS address FROM northbound.floating_ips WHERE fixed_port_id = :port_id LIMIT 1;
