-- name: insert(server_id, project_id, user_id, request_id, kind, generation, port_id, deadline_s)^
INSERT INTO compute.tasks (server_id, project_id, user_id, request_id, kind, generation, port_id, deadline_at)
VALUES (:server_id, :project_id, :user_id, :request_id, :kind, :generation, :port_id,
    now() + make_interval(secs => :deadline_s::double precision))
RETURNING *;

-- name: supersede(server_id)!
UPDATE compute.tasks SET state = 'superseded', finished_at = now(), updated_at = now()
WHERE server_id = :server_id AND state = 'running';

-- name: claim(lease_s, most, busy, most_of_host)
-- Takes up what is due, oldest first, with a new term each; what another process is taking is left to it. `busy` are
-- the caller's own that it has not finished with: they are not taken again, and count for their host.
WITH ranked AS (
    SELECT task.id, row_number() OVER (
        PARTITION BY server.host ORDER BY task.id = ANY(:busy::bigint[]) DESC, task.due_at) AS place
    FROM compute.tasks AS task LEFT JOIN compute.servers AS server ON server.id = task.server_id
    WHERE task.state = 'running' AND (task.due_at <= now() OR task.id = ANY(:busy::bigint[]))
), due AS (
    SELECT task.id FROM compute.tasks AS task JOIN ranked ON ranked.id = task.id
    WHERE ranked.place <= :most_of_host AND task.id <> ALL(:busy::bigint[])
        AND task.state = 'running' AND task.due_at <= now()
    ORDER BY task.due_at LIMIT :most FOR UPDATE OF task SKIP LOCKED
)
UPDATE compute.tasks AS task SET
    lease_term = lease_term + 1, due_at = now() + make_interval(secs => :lease_s::double precision)
FROM due WHERE task.id = due.id
RETURNING task.*;

-- name: lock(id, lease_term)^
-- The task, if its lease is still of this term; locked until the transaction ends.
SELECT *, coalesce(deadline_at <= now(), false) AS expired FROM compute.tasks
WHERE id = :id AND lease_term = :lease_term AND state = 'running' FOR UPDATE;

-- name: advance(id)!
UPDATE compute.tasks SET position = position + 1, waits = 0, errors = 0, updated_at = now() WHERE id = :id;

-- name: wait(id, pause_s)!
UPDATE compute.tasks SET waits = waits + 1, errors = 0,
    due_at = now() + make_interval(secs => :pause_s::double precision) WHERE id = :id;

-- name: postpone(id, lease_term, pause_s)!
UPDATE compute.tasks SET errors = errors + 1, due_at = now() + make_interval(secs => :pause_s::double precision)
WHERE id = :id AND lease_term = :lease_term AND state = 'running';

-- name: undo(id, generation, deadline_s)!
UPDATE compute.tasks SET undoing = true, position = 0, waits = 0, errors = 0, generation = :generation,
    deadline_at = now() + make_interval(secs => :deadline_s::double precision), updated_at = now()
WHERE id = :id;

-- name: finish(id, state)!
UPDATE compute.tasks SET state = :state, finished_at = now(), updated_at = now() WHERE id = :id;

-- name: wake(server_ids)!
-- Whoever has one of these tasks now loses its lease when another takes it up: its step commits before or not at all.
UPDATE compute.tasks SET due_at = now() WHERE server_id = ANY(:server_ids::uuid[]) AND state = 'running';

-- name: begin_event(task_id, number, name, host)!
INSERT INTO compute.task_events (task_id, number, name, host) VALUES (:task_id, :number, :name, :host)
ON CONFLICT DO NOTHING;

-- name: end_event(task_id, number, result, details)!
UPDATE compute.task_events SET result = :result, details = :details, finished_at = now()
WHERE task_id = :task_id AND number = :number;

-- name: remove_from_host(server_id)^
-- The next generation, which is that nothing of the server is on its host although the server stays.
UPDATE compute.servers SET removing = true, generation = generation + 1, updated_at = now()
WHERE id = :server_id RETURNING *;

-- name: removed_from_host(server_id)!
UPDATE compute.servers SET removing = false WHERE id = :server_id;

-- name: select_of(server_id, most)
SELECT * FROM compute.tasks WHERE server_id = :server_id ORDER BY id DESC LIMIT :most;

-- name: find(server_id, request_id)^
SELECT * FROM compute.tasks WHERE server_id = :server_id AND request_id = :request_id ORDER BY id LIMIT 1;

-- name: select_events(task_id)
SELECT * FROM compute.task_events WHERE task_id = :task_id ORDER BY number;

-- name: forget_finished(days, most)!
DELETE FROM compute.tasks WHERE id IN (
    SELECT id FROM compute.tasks WHERE state <> 'running' AND finished_at < now() - make_interval(days => :days::integer)
    ORDER BY finished_at LIMIT :most);
