-- name: select_zones
SELECT n.id, n.dns_domain, (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'dns_name', p.dns_name, 'dns_domain', p.dns_domain,
        'ips', ARRAY(SELECT host(f.ip) FROM northbound.fixed_ips f WHERE f.port_id = p.id)
    ) ORDER BY p.id), '[]')
    FROM northbound.ports p WHERE p.network_id = n.id AND p.dns_name <> '' AND (SELECT is_safe FROM northbound.dns_safety)
) AS ports
FROM northbound.networks n WHERE n.id = ANY(:ids::uuid[]);

-- name: set_safety$
UPDATE northbound.dns_safety SET is_safe = :is_safe WHERE is_safe <> :is_safe RETURNING is_safe;
