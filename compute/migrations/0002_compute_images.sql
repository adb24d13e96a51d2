CREATE SCHEMA IF NOT EXISTS compute;

-- Rows are kept when an image is deleted: an id once used is never given away again.
CREATE TABLE compute.images (
    id uuid PRIMARY KEY,
    project_id text NOT NULL,
    name text,
    status text NOT NULL DEFAULT 'queued',
    visibility text NOT NULL DEFAULT 'shared',
    protected boolean NOT NULL DEFAULT false,
    os_hidden boolean NOT NULL DEFAULT false,
    disk_format text,
    container_format text,
    min_disk_gb integer NOT NULL DEFAULT 0,
    min_ram_mb integer NOT NULL DEFAULT 0,
    size_bytes bigint,
    virtual_size_bytes bigint,
    md5 text,
    sha512 text,
    tags text[] NOT NULL DEFAULT '{}',
    properties jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    CONSTRAINT images_status_known
        CHECK (status IN ('queued', 'active', 'deactivated', 'deleted')),
    CONSTRAINT images_visibility_known
        CHECK (visibility IN ('public', 'private', 'shared', 'community')),
    CONSTRAINT images_active_has_content
        CHECK (status NOT IN ('active', 'deactivated') OR (sha512 IS NOT NULL AND size_bytes IS NOT NULL))
);

CREATE INDEX images_by_project ON compute.images (project_id) WHERE status <> 'deleted';
CREATE INDEX images_by_visibility ON compute.images (visibility) WHERE status <> 'deleted';
CREATE INDEX images_by_content ON compute.images (sha512) WHERE status <> 'deleted';
