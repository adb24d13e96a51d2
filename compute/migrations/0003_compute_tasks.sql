-- What is being done to servers, step by step; also what os-instance-actions shows. Rows outlive their server.
--
-- A task is `running` until it is `done`, `failed`, or `superseded` by the deletion of its server. `due_at` is when
-- somebody may take it up: the next try of a step that waits, or the end of the lease of who has it now. Each taking
-- raises `lease_term`, and every step commits only under the term that it was taken with.
CREATE TABLE compute.tasks (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    server_id    uuid NOT NULL,
    project_id   text NOT NULL,
    user_id      text NOT NULL,
    request_id   text NOT NULL,
    kind         text NOT NULL,
    -- The server's generation that the task is to bring about.
    generation   bigint NOT NULL,
    state        text NOT NULL DEFAULT 'running',
    -- True once the task failed and takes back what it made.
    undoing      boolean NOT NULL DEFAULT false,
    position     integer NOT NULL DEFAULT 0,
    due_at       timestamptz NOT NULL DEFAULT now(),
    lease_term   bigint NOT NULL DEFAULT 0,
    -- Waits and errors in a row at the present step.
    waits        integer NOT NULL DEFAULT 0,
    errors       integer NOT NULL DEFAULT 0,
    deadline_at  timestamptz,
    started_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    finished_at  timestamptz,
    CONSTRAINT tasks_kind CHECK (kind IN (
        'create', 'delete', 'start', 'stop', 'reboot', 'attach_interface', 'detach_interface')),
    CONSTRAINT tasks_state CHECK (state IN ('running', 'done', 'failed', 'superseded')),
    CONSTRAINT tasks_finished CHECK ((state = 'running') = (finished_at IS NULL))
);

CREATE INDEX tasks_due ON compute.tasks (due_at) WHERE state = 'running';
CREATE INDEX tasks_by_server ON compute.tasks (server_id, id);
CREATE INDEX tasks_finished_at ON compute.tasks (finished_at) WHERE state <> 'running';

-- One row per step that began, in order; `result` is empty while it goes on.
CREATE TABLE compute.task_events (
    task_id      bigint NOT NULL CONSTRAINT task_events_task REFERENCES compute.tasks ON DELETE CASCADE,
    number       integer NOT NULL,
    name         text NOT NULL,
    host         text,
    result       text,
    details      text,
    started_at   timestamptz NOT NULL DEFAULT now(),
    finished_at  timestamptz,
    PRIMARY KEY (task_id, number),
    CONSTRAINT task_events_result CHECK (result IN ('Success', 'Error'))
);

-- True while nothing of the server may be on its host although the server stays: its creation failed.
ALTER TABLE compute.servers ADD COLUMN removing boolean NOT NULL DEFAULT false;
