-- name: insert(server)^
-- The row from a JSON object of its columns; columns that it does not name keep their defaults.
INSERT INTO compute.servers (
    id, project_id, user_id, name, description, hostname, vm_state, task_state, availability_zone, flavor, vcpus,
    ram_mb, disk_gb, image, key_name, public_key, user_data, config_drive, metadata, tags, access_ip_v4, access_ip_v6,
    reservation_id, launch_index)
SELECT
    id, project_id, user_id, name, description, hostname, vm_state, task_state, availability_zone, flavor, vcpus,
    ram_mb, disk_gb, image, key_name, public_key, user_data, config_drive, metadata, tags, access_ip_v4, access_ip_v6,
    reservation_id, launch_index
FROM jsonb_populate_record(NULL::compute.servers, :server::jsonb)
RETURNING *;

-- name: place(id, host)^
UPDATE compute.servers SET host = :host, task_state = 'spawning' WHERE id = :id RETURNING *;

-- name: find(id, reach)^
-- `reach` is the project that asks; NULL sees every server.
SELECT * FROM compute.servers WHERE id = :id AND (:reach::text IS NULL OR project_id = :reach);

-- name: lock(id, reach)^
SELECT * FROM compute.servers WHERE id = :id AND (:reach::text IS NULL OR project_id = :reach) FOR UPDATE;

-- name: describe(id, name, description, hostname, metadata, tags, access_ip_v4, access_ip_v6)^
-- The next generation, because the guest's metadata service tells some of these.
UPDATE compute.servers SET name = :name, description = :description, hostname = :hostname, metadata = :metadata,
    tags = :tags, access_ip_v4 = :access_ip_v4, access_ip_v6 = :access_ip_v6, generation = generation + 1,
    updated_at = now()
WHERE id = :id RETURNING *;

-- name: begin(id, task_state, desired_power, boots, boot_kind)^
-- The next generation of what the server should be.
UPDATE compute.servers SET generation = generation + 1, task_state = :task_state, desired_power = :desired_power,
    boot_serial = boot_serial + :boots::integer, boot_kind = coalesce(:boot_kind::text, boot_kind), updated_at = now()
WHERE id = :id RETURNING *;

-- name: lock_rewired(most)
-- Servers at rest with a card whose port is not wired as it was when their generation was made. One that somebody else
-- works on is left for the next time, and so is a guest that switched itself off: a new generation would start it.
SELECT s.id FROM compute.servers s
WHERE s.task_state IS NULL AND s.delete_requested_at IS NULL AND s.host IS NOT NULL
    AND (s.vm_state IN ('active', 'paused') OR (s.vm_state = 'stopped' AND s.desired_power = 'stopped'))
    AND EXISTS (
        SELECT FROM compute.interfaces i JOIN northbound.wirings w ON w.port_id = i.port_id
        WHERE i.server_id = s.id AND NOT i.leaving AND i.wiring IS DISTINCT FROM w.fingerprint)
ORDER BY s.id LIMIT :most FOR UPDATE OF s SKIP LOCKED;

-- name: raise_generations(ids)!
UPDATE compute.servers SET generation = generation + 1, updated_at = now() WHERE id = ANY(:ids::uuid[]);

-- name: begin_deletion(id)^
UPDATE compute.servers SET generation = generation + 1, task_state = 'deleting', desired_power = 'stopped',
    delete_requested_at = coalesce(delete_requested_at, now()), updated_at = now()
WHERE id = :id RETURNING *;

-- name: settle(id, seen, vm_state, power_state)^
-- At rest in the state `seen`, if that is still what the agent says of the newest generation. The first time that the
-- server is active is its launch.
UPDATE compute.servers SET vm_state = :vm_state, task_state = NULL, power_state = :power_state,
    launched_at = CASE WHEN :vm_state = 'active' THEN coalesce(launched_at, now()) ELSE launched_at END,
    fault_code = NULL, fault_message = NULL, fault_details = NULL, fault_at = NULL, updated_at = now()
WHERE id = :id AND observed_state = :seen AND observed_generation >= generation AND delete_requested_at IS NULL
RETURNING *;

-- name: fail(id, code, message, details)^
UPDATE compute.servers SET vm_state = 'error', task_state = NULL, fault_code = :code, fault_message = :message,
    fault_details = :details, fault_at = now(), updated_at = now()
WHERE id = :id RETURNING *;

-- name: unplace(id)!
UPDATE compute.servers SET host = NULL WHERE id = :id;

-- name: delete(id)^
DELETE FROM compute.servers WHERE id = :id RETURNING project_id;

-- name: zone_exists(zone)$
SELECT EXISTS (SELECT FROM compute.hosts WHERE availability_zone = :zone);

-- name: host_exists(host)$
SELECT EXISTS (SELECT FROM compute.hosts WHERE name = :host);

-- name: select_hosts(names)
SELECT *, extract(epoch FROM now() - reported_at)::double precision AS report_age_s
FROM compute.hosts WHERE name = ANY(:names::text[]);
