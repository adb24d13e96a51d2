-- Logs of what security groups let pass and drop.

CREATE TABLE northbound.logs (
    id uuid NOT NULL,
    project_id text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    enabled boolean NOT NULL,
    event text NOT NULL,
    resource_type text NOT NULL,
    resource_id uuid,  -- NULL: every group of the project
    revision_number bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT logs_pkey PRIMARY KEY (id),
    CONSTRAINT logs_group FOREIGN KEY (resource_id) REFERENCES northbound.security_groups ON DELETE CASCADE,
    CONSTRAINT logs_event CHECK (event IN ('ACCEPT', 'DROP', 'ALL'))
);
CREATE INDEX logs_by_project ON northbound.logs (project_id);
CREATE INDEX logs_by_resource ON northbound.logs (resource_id) WHERE resource_id IS NOT NULL;

-- A log goes with its group, and what OVN holds of it with the log.
CREATE FUNCTION northbound.end_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO northbound.dirty (owner_kind, owner_id, revision)
    VALUES ('log', OLD.id::text, pg_current_xact_id()::text::bigint);
    RETURN OLD;
END;
$$;
CREATE TRIGGER logs_end AFTER DELETE ON northbound.logs FOR EACH ROW EXECUTE FUNCTION northbound.end_log();
