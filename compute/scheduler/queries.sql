-- name: select_hosts(most)
SELECT *, extract(epoch FROM now() - reported_at)::double precision AS report_age_s
FROM compute.hosts ORDER BY name LIMIT :most;

-- name: take(host, vcpus, ram_mb, disk_gb)$
-- Takes a server's size from a host that still has it; no row when another server was faster.
UPDATE compute.hosts SET
    vcpus_used = vcpus_used + :vcpus::integer,
    ram_used_mb = ram_used_mb + :ram_mb::integer,
    disk_used_gb = disk_used_gb + :disk_gb::integer
WHERE name = :host AND enabled
  AND vcpus_used + :vcpus <= floor(vcpus * vcpus_ratio)
  AND ram_used_mb + :ram_mb <= floor(ram_mb * ram_ratio)
  AND disk_used_gb + :disk_gb <= floor(disk_gb * disk_ratio)
RETURNING name;

-- name: insert_allocation(server_id, host, vcpus, ram_mb, disk_gb)!
INSERT INTO compute.allocations (server_id, host, vcpus, ram_mb, disk_gb)
VALUES (:server_id, :host, :vcpus, :ram_mb, :disk_gb);

-- name: delete_allocation(server_id)^
DELETE FROM compute.allocations AS allocation USING compute.servers AS server
WHERE allocation.server_id = :server_id AND server.id = allocation.server_id
RETURNING allocation.*, server.project_id;

-- name: give_back(host, vcpus, ram_mb, disk_gb)!
UPDATE compute.hosts SET
    vcpus_used = vcpus_used - :vcpus::integer,
    ram_used_mb = ram_used_mb - :ram_mb::integer,
    disk_used_gb = disk_used_gb - :disk_gb::integer
WHERE name = :host;
