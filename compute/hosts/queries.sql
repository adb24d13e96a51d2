-- name: record_report(name, vcpus, ram_mb, disk_gb, hypervisor_type, hypervisor_version, hypervisor_hostname, architecture)!
-- The first report makes the host; every later one brings its totals and the time up to date.
INSERT INTO compute.hosts (name, vcpus, ram_mb, disk_gb, hypervisor_type, hypervisor_version, hypervisor_hostname, architecture)
VALUES (:name, :vcpus, :ram_mb, :disk_gb, :hypervisor_type, :hypervisor_version, :hypervisor_hostname, :architecture)
ON CONFLICT (name) DO UPDATE SET
    vcpus = excluded.vcpus,
    ram_mb = excluded.ram_mb,
    disk_gb = excluded.disk_gb,
    hypervisor_type = excluded.hypervisor_type,
    hypervisor_version = excluded.hypervisor_version,
    hypervisor_hostname = excluded.hypervisor_hostname,
    architecture = excluded.architecture,
    reported_at = now();

-- name: set_enabled(id, enabled, reason)^
UPDATE compute.hosts SET enabled = :enabled, disabled_reason = :reason WHERE id = :id
RETURNING *, extract(epoch FROM now() - reported_at)::double precision AS report_age_s, 0::bigint AS servers;

-- name: servers_of(names, page)
-- The servers of hosts, at most `page` of them.
SELECT id, name, host FROM compute.servers WHERE host = ANY(:names::text[]) ORDER BY host, id LIMIT :page;
