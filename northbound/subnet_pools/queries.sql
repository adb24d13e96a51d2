-- name: delete_prefixes!
DELETE FROM northbound.subnet_pool_prefixes WHERE subnet_pool_id = :subnet_pool_id;

-- name: insert_prefixes!
INSERT INTO northbound.subnet_pool_prefixes (subnet_pool_id, prefix, address_scope_id)
SELECT :subnet_pool_id, prefix, :address_scope_id FROM unnest(:prefixes::cidr[]) AS prefix;

-- name: default_pool$
SELECT id FROM northbound.subnet_pools WHERE is_default AND ip_version = :ip_version;

-- name: shares_network$
-- Whether a network has subnets of this pool beside others of the same IP version.
SELECT EXISTS (
    SELECT FROM northbound.subnets own JOIN northbound.subnets other USING (network_id, ip_version)
    WHERE own.subnetpool_id = :id AND other.subnetpool_id IS DISTINCT FROM :id
);

-- name: ports_in_pool
SELECT DISTINCT f.port_id::text FROM northbound.fixed_ips f JOIN northbound.subnets u ON u.id = f.subnet_id
WHERE u.subnetpool_id = :id;

-- name: subnets_of_pool
SELECT cidr::text, project_id FROM northbound.subnets WHERE subnetpool_id = :id;

-- name: subnet_among$
-- A subnet of the pool that lies in one of the prefixes or around it, if there is one.
SELECT cidr::text FROM northbound.subnets
WHERE subnetpool_id = :id AND cidr && ANY(:prefixes::inet[]) LIMIT 1;

-- name: siblings
-- The pools and scopes of a network's subnets of one IP version.
SELECT u.subnetpool_id::text, p.address_scope_id::text
FROM northbound.subnets u LEFT JOIN northbound.subnet_pools p ON p.id = u.subnetpool_id
WHERE u.network_id = :network_id AND u.ip_version = :ip_version;

-- name: onboard!
UPDATE northbound.subnets SET
    subnetpool_id = :subnetpool_id, revision_number = revision_number + 1, updated_at = now()
WHERE id = ANY(:ids::uuid[]);

-- name: barred_from_scope$
-- Somebody whom the pool is shared with and the scope neither belongs to nor is shared with; `*` is everybody.
SELECT g.target_project FROM northbound.rbac_policies g JOIN northbound.address_scopes a ON a.id = :address_scope_id
WHERE g.object_type = 'subnetpool' AND g.object_id = :id AND g.target_project <> a.project_id AND NOT EXISTS (
    SELECT FROM northbound.rbac_policies s WHERE s.object_type = 'address_scope' AND s.object_id = a.id
    AND s.target_project IN ('*', g.target_project)
)
ORDER BY 1 LIMIT 1;
