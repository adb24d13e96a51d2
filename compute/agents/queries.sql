-- name: observe(host, reports)
-- What the agent of `host` says of its servers, in one statement: reports older than what is known, or about servers
-- of other hosts, change nothing; neither do those that say nothing new. Returns the servers that changed.
UPDATE compute.servers AS server SET observed_generation = said.generation, observed_state = said.state,
    observed_boot_serial = said.boot_serial, observed_fault = said.fault, observed_at = now()
FROM jsonb_to_recordset(:reports::jsonb)
    AS said (server_id uuid, generation bigint, state text, boot_serial integer, fault text)
WHERE server.id = said.server_id AND server.host = :host
  AND said.generation >= coalesce(server.observed_generation, 0)
  AND (server.observed_generation, server.observed_state, server.observed_boot_serial, server.observed_fault)
      IS DISTINCT FROM (said.generation, said.state, said.boot_serial, said.fault)
RETURNING server.id;

-- name: select_rows(server_ids)
SELECT id, host, generation, observed_generation, observed_state,
    delete_requested_at IS NOT NULL OR removing AS leaving
FROM compute.servers WHERE id = ANY(:server_ids::uuid[]);

-- name: select_rows_of_host(server_ids, host)
SELECT id, host, generation, observed_generation, observed_state,
    delete_requested_at IS NOT NULL OR removing AS leaving
FROM compute.servers WHERE id = ANY(:server_ids::uuid[]) OR host = :host;

-- name: select_unsettled(server_ids)
-- Servers at rest that are not what their agent says: a guest switched itself off, or came up after all.
SELECT id FROM compute.servers
WHERE id = ANY(:server_ids::uuid[]) AND task_state IS NULL AND NOT removing
  AND delete_requested_at IS NULL AND observed_generation >= generation
  AND observed_state IN ('running', 'stopped', 'paused', 'crashed');

-- name: select_placed(server_ids)
-- Whole rows of servers that have a host, with whether nothing of them may be there.
SELECT *, delete_requested_at IS NOT NULL OR removing AS leaving FROM compute.servers
WHERE id = ANY(:server_ids::uuid[]) AND host IS NOT NULL ORDER BY id;

-- name: select_pending(silence_s, age_s, most)
-- Servers whose newest generation no agent has taken up, on hosts that speak; the youngest are left to the signal.
SELECT server.id, server.generation FROM compute.servers AS server JOIN compute.hosts AS host ON host.name = server.host
WHERE server.generation > coalesce(server.observed_generation, 0)
  AND host.reported_at > now() - make_interval(secs => :silence_s::double precision)
  AND server.updated_at < now() - make_interval(secs => :age_s::double precision)
ORDER BY server.updated_at LIMIT :most;

-- name: select_hosts_of_ports(port_ids)
SELECT id::text, host FROM northbound.ports WHERE id = ANY(:port_ids::uuid[]) AND host <> '';

-- name: select_speaking_hosts(silence_s)
SELECT name FROM compute.hosts WHERE reported_at > now() - make_interval(secs => :silence_s::double precision);
