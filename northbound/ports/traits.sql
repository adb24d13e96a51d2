-- name: update_traits!
UPDATE northbound.ports SET
    dns_name = :dns_name, dns_domain = :dns_domain, propagate_uplink_status = :propagate_uplink_status,
    numa_affinity_policy = :numa_affinity_policy, hints = :hints
WHERE id = :id;
