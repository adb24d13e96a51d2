CREATE SCHEMA IF NOT EXISTS identity;

CREATE TABLE identity.domains (
    id text PRIMARY KEY,
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    enabled boolean NOT NULL DEFAULT true,
    extra jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT domains_name_once UNIQUE (name)
);

-- A project without parent_id stands directly below its domain.
CREATE TABLE identity.projects (
    id text PRIMARY KEY,
    domain_id text NOT NULL CONSTRAINT projects_domain REFERENCES identity.domains ON DELETE CASCADE,
    parent_id text CONSTRAINT projects_parent REFERENCES identity.projects,
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    enabled boolean NOT NULL DEFAULT true,
    tags text[] NOT NULL DEFAULT '{}',
    extra jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT projects_name_once UNIQUE (domain_id, name)
);
CREATE INDEX projects_by_parent ON identity.projects (parent_id);

-- password_hash is NULL for users who cannot sign in with a password.
CREATE TABLE identity.users (
    id text PRIMARY KEY,
    domain_id text NOT NULL CONSTRAINT users_domain REFERENCES identity.domains ON DELETE CASCADE,
    name text NOT NULL,
    enabled boolean NOT NULL DEFAULT true,
    password_hash text,
    default_project_id text,
    extra jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT users_name_once UNIQUE (domain_id, name)
);

-- A role without domain_id is known in every domain.
CREATE TABLE identity.roles (
    id text PRIMARY KEY,
    name text NOT NULL,
    domain_id text CONSTRAINT roles_domain REFERENCES identity.domains ON DELETE CASCADE,
    description text NOT NULL DEFAULT '',
    extra jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT roles_name_once UNIQUE NULLS NOT DISTINCT (domain_id, name)
);

-- Who has prior_role_id has implied_role_id too.
CREATE TABLE identity.role_implications (
    prior_role_id text NOT NULL REFERENCES identity.roles ON DELETE CASCADE,
    implied_role_id text NOT NULL REFERENCES identity.roles ON DELETE CASCADE,
    PRIMARY KEY (prior_role_id, implied_role_id)
);

-- The target is a project, a domain, or (both NULL) the system.
CREATE TABLE identity.assignments (
    role_id text NOT NULL CONSTRAINT assignments_role REFERENCES identity.roles ON DELETE CASCADE,
    user_id text NOT NULL CONSTRAINT assignments_user REFERENCES identity.users ON DELETE CASCADE,
    project_id text CONSTRAINT assignments_project REFERENCES identity.projects ON DELETE CASCADE,
    domain_id text CONSTRAINT assignments_domain REFERENCES identity.domains ON DELETE CASCADE,
    CONSTRAINT assignments_one_target CHECK (num_nonnulls(project_id, domain_id) <= 1),
    CONSTRAINT assignments_once UNIQUE NULLS NOT DISTINCT (user_id, project_id, domain_id, role_id)
);
CREATE INDEX assignments_by_role ON identity.assignments (role_id);
CREATE INDEX assignments_by_project ON identity.assignments (project_id);
CREATE INDEX assignments_by_domain ON identity.assignments (domain_id);

CREATE TABLE identity.regions (
    id text PRIMARY KEY,
    description text NOT NULL DEFAULT '',
    parent_region_id text CONSTRAINT regions_parent REFERENCES identity.regions,
    extra jsonb NOT NULL DEFAULT '{}'
);

CREATE TABLE identity.services (
    id text PRIMARY KEY,
    type text NOT NULL,
    name text,
    description text NOT NULL DEFAULT '',
    enabled boolean NOT NULL DEFAULT true,
    extra jsonb NOT NULL DEFAULT '{}'
);

CREATE TABLE identity.endpoints (
    id text PRIMARY KEY,
    service_id text NOT NULL CONSTRAINT endpoints_service REFERENCES identity.services ON DELETE CASCADE,
    region_id text CONSTRAINT endpoints_region REFERENCES identity.regions,
    interface text NOT NULL CONSTRAINT endpoints_interface CHECK (interface IN ('public', 'internal', 'admin')),
    url text NOT NULL,
    enabled boolean NOT NULL DEFAULT true,
    extra jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX endpoints_by_service ON identity.endpoints (service_id);
