-- Who else may see and use a resource than its owner: a row per grant. `*` grants to every project.
--
-- object_id refers to tables of several kinds; the trigger on each of them removes its grants with it.
CREATE TABLE northbound.rbac_policies (
    id uuid NOT NULL,
    project_id text NOT NULL,
    object_type text NOT NULL,
    object_id uuid NOT NULL,
    action text NOT NULL,
    target_project text NOT NULL,
    revision_number bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT rbac_policies_pkey PRIMARY KEY (id),
    CONSTRAINT rbac_policies_same UNIQUE (object_type, object_id, action, target_project),
    CONSTRAINT rbac_policies_action CHECK (action IN ('access_as_shared', 'access_as_external'))
);
CREATE INDEX rbac_policies_by_object ON northbound.rbac_policies (object_id);
CREATE INDEX rbac_policies_by_target ON northbound.rbac_policies (target_project);

CREATE FUNCTION northbound.end_sharing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM northbound.rbac_policies WHERE object_id = OLD.id;
    RETURN OLD;
END;
$$;

CREATE TABLE northbound.address_scopes (
    id uuid NOT NULL,
    project_id text NOT NULL,
    name text NOT NULL,
    ip_version smallint NOT NULL,
    revision_number bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT address_scopes_pkey PRIMARY KEY (id),
    CONSTRAINT address_scopes_version CHECK (ip_version IN (4, 6))
);
CREATE INDEX address_scopes_by_project ON northbound.address_scopes (project_id);
CREATE TRIGGER address_scopes_end_sharing AFTER DELETE ON northbound.address_scopes
    FOR EACH ROW EXECUTE FUNCTION northbound.end_sharing();
